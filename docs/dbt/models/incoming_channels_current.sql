SELECT
    "team_id",
    "channel_id",
    "display_name",
    "description",
    "created_time",
    "membership_type",
    "host_tenant_id",
    "host_link",
    "is_archived",
    "is_favorite_by_default",
    "layout_type",
    "email",
    "web_url",
    "removed",
    substr(filename, -76, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -36, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/incoming_channels/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/incoming_channels.parquet',
    filename = true, schema = MAP {
        'team_id': {name: 'team_id', type: 'VARCHAR', default_value: NULL},
        'channel_id': {name: 'channel_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'description': {name: 'description', type: 'VARCHAR', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'membership_type': {name: 'membership_type', type: 'VARCHAR', default_value: NULL},
        'host_tenant_id': {name: 'host_tenant_id', type: 'VARCHAR', default_value: NULL},
        'host_link': {name: 'host_link', type: 'VARCHAR', default_value: NULL},
        'is_archived': {name: 'is_archived', type: 'BOOLEAN', default_value: NULL},
        'is_favorite_by_default': {name: 'is_favorite_by_default', type: 'BOOLEAN', default_value: NULL},
        'layout_type': {name: 'layout_type', type: 'VARCHAR', default_value: NULL},
        'email': {name: 'email', type: 'VARCHAR', default_value: NULL},
        'web_url': {name: 'web_url', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/incoming_channels/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/incoming_channels.parquet')
    WHERE TRY_CAST(substr(file, -36, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -76, 36)
)
