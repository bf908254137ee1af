SELECT
    CAST(object.json ->> '$.run' AS VARCHAR) AS "run",
    CAST(object.json ->> '$.started' AS TIMESTAMPTZ) AS "started",
    CAST(object.json ->> '$.ended' AS TIMESTAMPTZ) AS "ended",
    CAST(object.json ->> '$.status' AS VARCHAR) AS "status",
    CAST(item.json ->> '$.tenant' AS VARCHAR) AS "tenant",
    CAST(item.json ->> '$.dataset' AS VARCHAR) AS "dataset",
    CAST(item.json ->> '$.from' AS TIMESTAMPTZ) AS "from",
    CAST(item.json ->> '$.to' AS TIMESTAMPTZ) AS "to",
    CAST(item.json ->> '$.outcome' AS VARCHAR) AS "outcome",
    CAST(item.json ->> '$.records' AS BIGINT) AS "records",
    CAST(item.json ->> '$.quarantined' AS BIGINT) AS "quarantined",
    CAST(item.json ->> '$.written' AS BIGINT) AS "written",
    CAST(item.json ->> '$.unchanged' AS BIGINT) AS "unchanged",
    CAST(item.json ->> '$.requests' AS BIGINT) AS "requests",
    CAST(item.json ->> '$.throttled' AS BIGINT) AS "throttled",
    CAST(item.json ->> '$.seconds' AS DOUBLE) AS "seconds",
    CAST(item.json ->> '$.error.kind' AS VARCHAR) AS "error_kind",
    CAST(item.json ->> '$.error.message' AS VARCHAR) AS "error_message",
    TRY_CAST("dt" AS DATE) AS "dt"
FROM read_json_objects('{{ env_var('GRAPHLAKE_LAKE') }}/runs/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/*.json',
    format = 'unstructured', filename = true, hive_partitioning = true, hive_types = {'dt': VARCHAR}) AS object
LEFT JOIN unnest(json_extract(object.json, '$.units[*]')) AS item(json) ON true
WHERE ends_with(object.filename, '/runs/dt=' || ("dt") || '/' || (object.json ->> '$.run') || '.json') AND TRY_CAST("dt" AS DATE) IS NOT NULL
