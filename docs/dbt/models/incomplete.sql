SELECT
    CAST(item.json ->> '$.tenant_id' AS VARCHAR) AS "tenant_id",
    CAST(item.json ->> '$.dataset' AS VARCHAR) AS "dataset",
    CAST(item.json ->> '$.kind' AS VARCHAR) AS "kind",
    CAST(item.json ->> '$.id' AS VARCHAR) AS "id",
    CAST(item.json ->> '$.from_time' AS TIMESTAMPTZ) AS "from_time",
    CAST(item.json ->> '$.to_time' AS TIMESTAMPTZ) AS "to_time",
    CAST(item.json ->> '$.since_time' AS TIMESTAMPTZ) AS "since_time",
    CAST(item.json ->> '$.reason' AS VARCHAR) AS "reason"
FROM read_json_objects('{{ env_var('GRAPHLAKE_LAKE') }}/state/*/*.days.json',
    format = 'unstructured', filename = true, hive_partitioning = false) AS object
JOIN unnest(json_extract(object.json, '$.incomplete[*]')) AS item(json) ON true
WHERE ends_with(object.filename, '/state/' || (item.json ->> '$.tenant_id') || '/' || (item.json ->> '$.dataset') || '.days.json')
