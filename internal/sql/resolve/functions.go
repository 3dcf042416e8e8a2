package resolve

import "strings"

// words makes a set of words.
func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// aggregateFunctions are the functions that make one value out of many rows, of
// all dialects, in lower case.
var aggregateFunctions = words(`
	count count_big count_if countif sum sum_if avg mean min max any any_value anylast arbitrary first last first_value last_value
	array_agg array_concat_agg array_union_agg list group_concat string_agg listagg wm_concat collect_list collect_set
	object_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_arrayagg json_objectagg xmlagg map_agg multimap_agg
	stddev stddev_pop stddev_samp stdev stdevp std variance var_pop var_samp var varp corr covar_pop covar_samp covariance
	median mode quantile quantile_cont quantile_disc quantiles percentile percentile_cont percentile_disc percentile_approx
	approx_percentile approx_quantile approx_quantiles approx_count_distinct approx_distinct approx_top_count approx_top_k approx_top_sum
	hll hll_count_distinct hll_union ndv uniq uniqexact uniqhll12 uniqcombined bitmap_agg bitmap_union count_distinct
	bit_and bit_or bit_xor bitand_agg bitor_agg bitxor_agg bool_and bool_or booland_agg boolor_agg boolxor_agg every logical_and logical_or
	min_by max_by arg_min arg_max argmin argmax regr_slope regr_intercept regr_count regr_r2 skewness kurtosis skew entropy
	grouparray groupuniqarray grouparraysorted grouparraymovingsum groupbitand groupbitor topk sumwithoverflow summap avgweighted
	checksum_agg product histogram grouping grouping_id xmlaggregate st_union_agg st_collect st_extent
	max_n min_n hash_agg array_unique_agg geomean favg fsum kurtosis_pop approx_median reservoir_quantile bit_count_agg
	retention windowfunnel sequencematch simplelinearregression deltasum`)

// orderedSetFunctions take their value from WITHIN GROUP (ORDER BY value).
var orderedSetFunctions = words(`
	percentile_cont percentile_disc approx_percentile mode median percentile rank dense_rank percent_rank cume_dist
	approx_percentile_cont approx_percentile_disc quantile_cont quantile_disc`)

// castFunctions change a value's type and nothing else.
var castFunctions = words(`
	to_char to_varchar to_number to_numeric to_decimal to_double to_date to_timestamp to_timestamp_ntz to_timestamp_ltz to_timestamp_tz
	to_time to_boolean to_variant to_array to_object to_binary to_json try_to_number try_to_numeric try_to_decimal try_to_double
	try_to_date try_to_timestamp try_to_timestamp_ntz try_to_time try_to_boolean try_to_binary
	date timestamp datetime bigint int integer smallint tinyint double float decimal numeric string varchar char boolean text
	tostring toint8 toint16 toint32 toint64 touint8 touint16 touint32 touint64 tofloat32 tofloat64 todate todate32 todatetime todatetime64
	todecimal32 todecimal64 todecimal128 touuid tonullable safe_cast int64 float64 bool`)

// maskingFunctions hide a value: hashes, ciphers and masks.
var maskingFunctions = words(`
	md5 md5_hex md5_binary md5_number md5_number_lower64 md5_number_upper64 sha sha1 sha1_hex sha1_binary sha2 sha2_hex sha2_binary
	sha224 sha256 sha384 sha512 hash xxhash64 xxhash32 xxhash murmur3_32 murmurhash3_32 murmurhash3_64 murmur_hash cityhash64 siphash64
	farm_fingerprint farmhash64 fingerprint fnv_hash hashbytes checksum binary_checksum crc32 standard_hash ora_hash hmac hmac_sha256
	hash_agg hash_combine hashcode halfmd5 digest crypt encrypt pgp_sym_encrypt aes_encrypt mask mask_first_n mask_last_n
	mask_show_first_n mask_show_last_n mask_hash mask_inner mask_outer funchash func_sha1 sha2_512 blake2b keccak256
	generate_surrogate_key strtol_hash deterministic_encrypt aead_encrypt`)

// isAggregateCombinator recognises ClickHouse's combinators: sumIf, argMaxState.
func isAggregateCombinator(function string) bool {
	for _, suffix := range [...]string{"if", "state", "merge", "array", "ornull", "ordefault", "foreach", "distinct", "resample"} {
		if base, ok := strings.CutSuffix(function, suffix); ok && base != "" && aggregateFunctions[base] {
			return true
		}
	}
	return false
}
