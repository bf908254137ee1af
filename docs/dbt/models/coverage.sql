SELECT
    CAST(item.json ->> '$.tenant_id' AS VARCHAR) AS "tenant_id",
    CAST(item.json ->> '$.dataset' AS VARCHAR) AS "dataset",
    CAST(item.json ->> '$.dt' AS DATE) AS "dt",
    CAST(item.json ->> '$.outcome' AS VARCHAR) AS "outcome",
    CAST(item.json ->> '$.records' AS BIGINT) AS "records",
    CAST(item.json ->> '$.read_time' AS TIMESTAMPTZ) AS "read_time",
    CAST(item.json ->> '$.removed' AS VARCHAR) AS "removed"
FROM read_json_objects('{{ env_var('GRAPHLAKE_LAKE') }}/state/*/*.days.json',
    format = 'unstructured', filename = true, hive_partitioning = false) AS object
JOIN unnest(json_extract(object.json, '$.days[*]')) AS item(json) ON true
WHERE ends_with(object.filename, '/state/' || (item.json ->> '$.tenant_id') || '/' || (item.json ->> '$.dataset') || '.days.json')
