// Package warehousetest has local servers of warehouses for tests: they speak the documented protocols and check who
// asks. Queries are executed where something executes them.
package warehousetest
