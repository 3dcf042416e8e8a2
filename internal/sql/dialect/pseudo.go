package dialect

import "strings"

func pseudo(lists ...string) map[string]bool {
	names := map[string]bool{}
	for _, list := range lists {
		for _, name := range strings.Fields(list) {
			names[name] = true
		}
	}
	return names
}

// Names that databases answer themselves, in lower case.
const (
	pseudoPostgres  = "ctid xmin xmax cmin cmax tableoid"
	pseudoRedshift  = "oid level connect_by_isleaf connect_by_iscycle $path $size $spectrum_oid"
	pseudoVertica   = "epoch"
	pseudoSnowflake = "level connect_by_isleaf connect_by_iscycle"
	pseudoBigQuery  = "_partitiontime _partitiondate _table_suffix _file_name _change_type _change_timestamp _change_sequence_number"
	pseudoSpark     = "_metadata input__file__name block__offset__inside__file"
	pseudoHive      = "input__file__name block__offset__inside__file row__offset__inside__block grouping__id row__id raw__data__size"
	pseudoTrino     = "$path $file_modified_time $file_size $bucket $partition $partitions"
	pseudoOracle    = `rownum rowid level ora_rowscn connect_by_isleaf connect_by_iscycle object_id object_value column_value xmldata
		versions_startscn versions_starttime versions_endscn versions_endtime versions_xid versions_operation user uid ora_invoking_user`
	pseudoTeradata   = "rowid partition sampleid user session account profile role database"
	pseudoTSQL       = "$action $identity $rowguid user"
	pseudoMySQL      = "_rowid"
	pseudoDuckDB     = "rowid filename file_row_number file_index"
	pseudoSQLite     = "rowid oid _rowid_"
	pseudoClickHouse = `_part _part_index _part_uuid _part_offset _part_starting_offset _partition_id _partition_value _sample_factor _block_number
		_block_offset _row_exists _path _file _size _time _etag _tags _headers _table _database _shard_num _key _topic _offset _timestamp
		_timestamp_ms _partition`
)
