SELECT
    "user_id",
    "account_type",
    "is_enterprise_voice_enabled",
    "feature_types",
    "policies",
    "telephone_numbers",
    "created_time",
    "modified_time",
    "removed",
    "user_principal_name",
    substr(filename, -84, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -44, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/teams_user_configurations/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/teams_user_configurations.parquet',
    filename = true, schema = MAP {
        'user_id': {name: 'user_id', type: 'VARCHAR', default_value: NULL},
        'account_type': {name: 'account_type', type: 'VARCHAR', default_value: NULL},
        'is_enterprise_voice_enabled': {name: 'is_enterprise_voice_enabled', type: 'BOOLEAN', default_value: NULL},
        'feature_types': {name: 'feature_types', type: 'JSON', default_value: NULL},
        'policies': {name: 'policies', type: 'JSON', default_value: NULL},
        'telephone_numbers': {name: 'telephone_numbers', type: 'JSON', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'modified_time': {name: 'modified_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL},
        'user_principal_name': {name: 'user_principal_name', type: 'VARCHAR', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/teams_user_configurations/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/teams_user_configurations.parquet')
    WHERE TRY_CAST(substr(file, -44, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -84, 36)
)
