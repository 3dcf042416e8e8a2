package catalog

// FieldError is a value that a field cannot have.
type FieldError struct {
	Field string
	Err   error
}

// BadField returns the error of a value that a field cannot have.
func BadField(field string, err error) *FieldError { return &FieldError{field, err} }

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns why.
func (e *FieldError) Unwrap() error { return e.Err }
