SELECT
    CAST(object.json ->> '$.run' AS VARCHAR) AS "run",
    CAST(object.json ->> '$.what' AS VARCHAR) AS "what",
    CAST(object.json ->> '$.ended' AS TIMESTAMPTZ) AS "ended",
    CAST(item.json ->> '$.tenant_id' AS VARCHAR) AS "tenant_id",
    CAST(item.json ->> '$.dataset' AS VARCHAR) AS "dataset",
    CAST(item.json ->> '$.kind' AS VARCHAR) AS "kind",
    CAST(item.json ->> '$.table' AS VARCHAR) AS "table_name",
    CAST(item.json ->> '$.dt' AS DATE) AS "partition_dt",
    CAST(item.json ->> '$.rows' AS BIGINT) AS "rows_after",
    CAST(item.json ->> '$.rows_before' AS BIGINT) AS "rows_before",
    TRY_CAST("dt" AS DATE) AS "dt"
FROM read_json_objects('{{ env_var('GRAPHLAKE_LAKE') }}/runs/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/*.json',
    format = 'unstructured', filename = true, hive_partitioning = true, hive_types = {'dt': VARCHAR}) AS object
JOIN unnest(json_extract(object.json, '$.changes[*]')) AS item(json) ON true
WHERE ends_with(object.filename, '/runs/dt=' || ("dt") || '/' || (object.json ->> '$.run') || '.json') AND TRY_CAST("dt" AS DATE) IS NOT NULL
