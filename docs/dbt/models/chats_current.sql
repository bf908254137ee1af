SELECT
    "chat_id",
    "topic",
    "created_time",
    "last_updated_time",
    "removed",
    "chat_type",
    "is_hidden_for_all_members",
    "owner_tenant_id",
    "join_web_url",
    "calendar_event_id",
    "meeting_organizer_id",
    "meeting_organizer_display_name",
    "meeting_organizer_identity_type",
    "web_url",
    substr(filename, -64, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -24, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/chats/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/chats.parquet',
    filename = true, schema = MAP {
        'chat_id': {name: 'chat_id', type: 'VARCHAR', default_value: NULL},
        'topic': {name: 'topic', type: 'VARCHAR', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'last_updated_time': {name: 'last_updated_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL},
        'chat_type': {name: 'chat_type', type: 'VARCHAR', default_value: NULL},
        'is_hidden_for_all_members': {name: 'is_hidden_for_all_members', type: 'BOOLEAN', default_value: NULL},
        'owner_tenant_id': {name: 'owner_tenant_id', type: 'VARCHAR', default_value: NULL},
        'join_web_url': {name: 'join_web_url', type: 'VARCHAR', default_value: NULL},
        'calendar_event_id': {name: 'calendar_event_id', type: 'VARCHAR', default_value: NULL},
        'meeting_organizer_id': {name: 'meeting_organizer_id', type: 'VARCHAR', default_value: NULL},
        'meeting_organizer_display_name': {name: 'meeting_organizer_display_name', type: 'VARCHAR', default_value: NULL},
        'meeting_organizer_identity_type': {name: 'meeting_organizer_identity_type', type: 'VARCHAR', default_value: NULL},
        'web_url': {name: 'web_url', type: 'VARCHAR', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/chats/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/chats.parquet')
    WHERE TRY_CAST(substr(file, -24, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -64, 36)
)
