package token

// String is the keyword in lower case.
func (k Keyword) String() string { return keywordWords[k] }

// tableSize is a power of two, about four times the number of keywords.
const tableSize = 2048

// longest is the length of the longest keyword.
const longest = 20

// keywordTable is an open-addressing hash table from folded words to keywords.
var keywordTable = buildKeywordTable()

func buildKeywordTable() (table [tableSize]Keyword) {
	for k := NotKeyword + 1; k < keywordCount; k++ {
		i := hash(keywordWords[k])
		for table[i] != NotKeyword {
			i = (i + 1) % tableSize
		}
		table[i] = k
	}
	return table
}

// hash mixes the length and four letters without regard to case.
func hash(word string) uint32 {
	n := uint32(len(word))
	a, b := uint32(word[0]|0x20), uint32(word[n-1]|0x20)
	c, d := uint32(word[n/2]|0x20), uint32(word[1]|0x20)
	return (n*31 + a*7 + b*131 + c*1021 + d*499) % tableSize
}

// Lookup finds the keyword that a word is, without regard to case.
func Lookup(word string) Keyword {
	if len(word) < 2 || len(word) > longest {
		return NotKeyword
	}
	for i := hash(word); ; i = (i + 1) % tableSize {
		k := keywordTable[i]
		if k == NotKeyword || same(word, keywordWords[k]) {
			return k
		}
	}
}

// same compares a word with a keyword. Or-ing 0x20 folds letters; it also maps
// '_' to DEL, so both sides are folded, and no other byte of a word collides.
func same(word, keyword string) bool {
	if len(word) != len(keyword) {
		return false
	}
	for i := 0; i < len(word); i++ {
		if word[i]|0x20 != keyword[i]|0x20 {
			return false
		}
	}
	return true
}
