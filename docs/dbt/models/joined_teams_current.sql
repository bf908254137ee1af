SELECT
    "user_id",
    "team_id",
    "display_name",
    "description",
    "removed",
    substr(filename, -71, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -31, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/joined_teams/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/joined_teams.parquet',
    filename = true, schema = MAP {
        'user_id': {name: 'user_id', type: 'VARCHAR', default_value: NULL},
        'team_id': {name: 'team_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'description': {name: 'description', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/joined_teams/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/joined_teams.parquet')
    WHERE TRY_CAST(substr(file, -31, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -71, 36)
)
