SELECT
    "team_id",
    "channel_id",
    "display_name",
    "description",
    "created_time",
    "membership_type",
    "is_archived",
    "is_favorite_by_default",
    "layout_type",
    "email",
    "owner_tenant_id",
    "web_url",
    "removed",
    substr(filename, -67, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -27, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/channels/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/channels.parquet',
    filename = true, schema = MAP {
        'team_id': {name: 'team_id', type: 'VARCHAR', default_value: NULL},
        'channel_id': {name: 'channel_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'description': {name: 'description', type: 'VARCHAR', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'membership_type': {name: 'membership_type', type: 'VARCHAR', default_value: NULL},
        'is_archived': {name: 'is_archived', type: 'BOOLEAN', default_value: NULL},
        'is_favorite_by_default': {name: 'is_favorite_by_default', type: 'BOOLEAN', default_value: NULL},
        'layout_type': {name: 'layout_type', type: 'VARCHAR', default_value: NULL},
        'email': {name: 'email', type: 'VARCHAR', default_value: NULL},
        'owner_tenant_id': {name: 'owner_tenant_id', type: 'VARCHAR', default_value: NULL},
        'web_url': {name: 'web_url', type: 'VARCHAR', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT left(max(file), -87) || 'tables/channels/tenant_id=' || substr(max(file), -64, 36) || '/dt=' || substr(max(file), -24, 10) || '/channels.parquet'
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/teams/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/teams.parquet')
    WHERE TRY_CAST(substr(file, -24, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -64, 36)
)
