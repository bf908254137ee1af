-- Worked examples of the metrics: rows, a question, and the answer, counted by hand. They are read in this order into tables
-- that begin empty; the tenant of an example is its name, so that all lie beside each other.

-- example M01
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, caller_service_role, callee_identity_id, callee_tenant_id, callee_service_role, failure_stage, failure_reason) VALUES
 ('M01', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:04:00Z', false, 'ann', 'M01', NULL, 'bob', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c2', 's1', '2026-11-16 09:10:00Z', '2026-11-16 09:10:20Z', false, 'ann', 'M01', NULL, 'bob', 'M01', NULL, 'callSetup', 'The callee declined the call.'),
 ('M01', '2026-11-16', 'c3', 's1', '2026-11-16 09:20:10Z', '2026-11-16 09:20:40Z', false, NULL, NULL, 'skypeForBusinessCallQueues', 'bob', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c3', 's2', '2026-11-16 09:20:12Z', '2026-11-16 09:25:00Z', false, NULL, NULL, 'skypeForBusinessCallQueues', 'cat', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c4', 's1', '2026-11-16 09:30:00Z', '2026-11-16 09:30:30Z', false, 'ann', 'M01', NULL, NULL, NULL, 'voicemail', NULL, NULL),
 ('M01', '2026-11-16', 'c5', 's1', '2026-11-16 09:40:00Z', '2026-11-16 09:40:25Z', false, 'ann', 'M01', NULL, 'bob', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c6', 's1', '2026-11-16 10:00:10Z', '2026-11-16 10:00:40Z', false, NULL, NULL, 'skypeForBusinessCallQueues', 'fay', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c6', 's2', '2026-11-16 10:00:50Z', '2026-11-16 10:01:00Z', false, NULL, NULL, 'skypeForBusinessCallQueues', 'gus', 'M01', NULL, 'callSetup', 'No answer.'),
 ('M01', '2026-11-16', 'c6', 's3', '2026-11-16 10:01:10Z', '2026-11-16 10:02:10Z', false, NULL, NULL, 'skypeForBusinessCallQueues', 'hal', 'M01', NULL, NULL, NULL),
 ('M01', '2026-11-16', 'c7', 's1', '2026-11-16 10:10:00Z', '2026-11-16 10:10:05Z', false, 'kim', 'M01', NULL, 'lou', 'M01', NULL, 'callSetup', 'Something else.'),
 ('M01', '2026-11-16', 'c8', 's1', '2026-11-16 10:20:00Z', '2026-11-16 10:20:05Z', false, 'kim', 'M01', NULL, NULL, NULL, 'voicemail', 'callSetup', 'Something else.');
INSERT INTO call_media_streams (tenant_id, dt, call_id, session_id, segment_id, media_index, stream_index) VALUES
 ('M01', '2026-11-16', 'c1', 's1', 'g1', 0, 0), ('M01', '2026-11-16', 'c3', 's2', 'g1', 0, 0),
 ('M01', '2026-11-16', 'c6', 's1', 'g1', 0, 0), ('M01', '2026-11-16', 'c6', 's3', 'g1', 0, 0);
SELECT call_id, session_id, outcome, evidence, talk_seconds FROM metric_call_legs WHERE tenant_id = 'M01' ORDER BY call_id, session_id;
-- = c1, s1, answered, media, 240
-- = c2, s1, declined, reason, 0
-- = c3, s1, answered_elsewhere, sibling, 0
-- = c3, s2, answered, media, 288
-- = c4, s1, voicemail, role, 0
-- = c5, s1, unknown, none, 0
-- = c6, s1, answered, media, 30
-- = c6, s2, missed, reason, 0
-- = c6, s3, answered, media, 60
-- = c7, s1, failed, stage, 0
-- = c8, s1, voicemail, role, 0

-- example M02
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, call_type, organizer_kind, organizer_id, organizer_user_tenant_id, join_web_url) VALUES
 ('M02', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:04:00Z', 'peerToPeer', 'user', 'ann', 'M02', NULL),
 ('M02', '2026-11-16', 'c2', '2026-11-16 09:10:00Z', '2026-11-16 09:12:00Z', 'peerToPeer', 'phone', '+41441', NULL, NULL),
 ('M02', '2026-11-16', 'c3', '2026-11-16 10:00:00Z', '2026-11-16 10:30:00Z', 'groupCall', 'user', 'ann', 'M02', 'https://m/1');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, user_id, user_tenant_id, phone_id) VALUES
 ('M02', '2026-11-16', 'c1', 0, 'user', 'ann', 'M02', NULL), ('M02', '2026-11-16', 'c1', 1, 'phone', NULL, NULL, '+41442'),
 ('M02', '2026-11-16', 'c2', 0, 'phone', NULL, NULL, '+41441'), ('M02', '2026-11-16', 'c2', 1, 'user', 'bob', 'M02', NULL),
 ('M02', '2026-11-16', 'c3', 0, 'user', 'ann', 'M02', NULL), ('M02', '2026-11-16', 'c3', 1, 'user', 'bob', 'M02', NULL);
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_identity_id, callee_tenant_id, callee_service_role, failure_stage) VALUES
 ('M02', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:04:00Z', false, 'ann', 'M02', NULL, NULL, 'mediationServer', 'midcall'),
 ('M02', '2026-11-16', 'c2', 's1', '2026-11-16 09:10:00Z', '2026-11-16 09:12:00Z', false, '+41441', NULL, 'bob', 'M02', NULL, NULL),
 ('M02', '2026-11-16', 'c3', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:30:00Z', false, 'ann', 'M02', NULL, NULL, 'mediaController', NULL);
INSERT INTO direct_routing_calls (tenant_id, dt, direct_routing_call_id, correlation_id, call_time) VALUES ('M02', '2026-11-16', 'd1', 'c1', '2026-11-16 09:00:00Z');
SELECT call_id, kind, direction, network, outcome, length_seconds FROM metric_calls WHERE tenant_id = 'M02' ORDER BY call_id;
-- = c1, one_to_one, outbound, direct_routing, answered, 240
-- = c2, one_to_one, inbound, other_pstn, unknown, 120
-- = c3, meeting, conference, voip, held, 1800

-- example M03
-- the rows of M01
SELECT user_id, offered, answered, answered_elsewhere, missed, declined, not_known, made, connected FROM metric_person_calls WHERE tenant_id = 'M01' ORDER BY user_id;
-- = ann, 0, 0, 0, 0, 0, 0, 3, 1
-- = bob, 3, 1, 1, 0, 1, 1, 0, 0
-- = cat, 1, 1, 0, 0, 0, 0, 0, 0
-- = fay, 1, 1, 0, 0, 0, 0, 0, 0
-- = gus, 1, 0, 0, 1, 0, 0, 0, 0
-- = hal, 1, 1, 0, 0, 0, 0, 0, 0
-- = kim, 0, 0, 0, 0, 0, 0, 1, 0
-- = lou, 1, 0, 0, 0, 0, 0, 0, 0

-- example M04
INSERT INTO direct_routing_calls (tenant_id, dt, direct_routing_call_id, call_time, call_type, successful_call, invite_time, start_time, end_time) VALUES
 ('M04', '2026-11-16', 'd1', '2026-11-16 09:00:07Z', 'ByotIn', true, '2026-11-16 09:00:00Z', '2026-11-16 09:00:07Z', '2026-11-16 09:03:00Z'),
 ('M04', '2026-11-16', 'd2', '2026-11-16 09:10:00Z', 'ByotIn', false, '2026-11-16 09:10:00Z', '2026-11-16 09:10:00Z', NULL),
 ('M04', '2026-11-16', 'd3', '2026-11-16 09:20:09Z', 'ByotOut', true, '2026-11-16 09:20:00Z', '2026-11-16 09:20:09Z', '2026-11-16 09:22:00Z'),
 ('M04', '2026-11-16', 'd4', '2026-11-16 09:30:00Z', 'dr_in', true, '2026-11-16 09:30:00.500Z', '2026-11-16 09:30:00Z', '2026-11-16 09:32:00Z');
SELECT source_id, answer_seconds FROM metric_answer_times WHERE tenant_id = 'M04';
-- = d1, 7

-- example M05
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_service_role) VALUES
 ('M05', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:30:00Z', false, 'ann', 'M05', 'mediaController'),
 ('M05', '2026-11-16', 'c2', 's1', '2026-11-16 09:20:00Z', '2026-11-16 09:40:00Z', false, 'ann', 'M05', 'mediaController'),
 ('M05', '2026-11-16', 'c3', 's1', '2026-11-16 09:25:00Z', '2026-11-16 09:28:00Z', false, 'ann', 'M05', 'mediaController');
SELECT user_id, talk_seconds FROM metric_person_calls WHERE tenant_id = 'M05';
-- = ann, 2400

-- example M07
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id, organizer_user_tenant_id) VALUES
 ('M07', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:30Z', 'user', 'ann', 'M07'),
 ('M07', '2026-11-16', 'c2', '2026-11-16 09:05:00Z', '2026-11-16 09:05:30Z', 'user', 'ann', 'M07'),
 ('M07', '2026-11-16', 'c3', '2026-11-16 09:10:30Z', '2026-11-16 09:15:00Z', 'user', 'bob', 'M07'),
 ('M07', '2026-11-16', 'c4', '2026-11-16 11:00:00Z', '2026-11-16 11:00:30Z', 'phone', '+4144***', NULL),
 ('M07', '2026-11-16', 'c5', '2026-11-16 12:00:00Z', '2026-11-16 12:00:30Z', 'user', 'bob', 'M07');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, user_id, user_tenant_id, phone_id)
 SELECT 'M07', DATE '2026-11-16', c, i, k, u, CASE WHEN u IS NOT NULL THEN 'M07' END, p FROM (VALUES
 ('c1', 0, 'user', 'ann', NULL), ('c1', 1, 'user', 'bob', NULL), ('c2', 0, 'user', 'ann', NULL), ('c2', 1, 'user', 'bob', NULL),
 ('c3', 0, 'user', 'bob', NULL), ('c3', 1, 'user', 'ann', NULL), ('c4', 0, 'phone', NULL, '+4144***'), ('c4', 1, 'user', 'bob', NULL),
 ('c5', 0, 'user', 'bob', NULL), ('c5', 1, 'phone', NULL, '+4144***')) AS v (c, i, k, u, p);
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_identity_id, callee_tenant_id, failure_stage, failure_reason) VALUES
 ('M07', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:30Z', false, 'ann', 'M07', 'bob', 'M07', 'callSetup', 'The callee did not answer.'),
 ('M07', '2026-11-16', 'c2', 's1', '2026-11-16 09:05:00Z', '2026-11-16 09:05:30Z', false, 'ann', 'M07', 'bob', 'M07', 'callSetup', 'The callee was busy.'),
 ('M07', '2026-11-16', 'c3', 's1', '2026-11-16 09:10:30Z', '2026-11-16 09:15:00Z', false, 'bob', 'M07', 'ann', 'M07', 'midcall', NULL),
 ('M07', '2026-11-16', 'c4', 's1', '2026-11-16 11:00:00Z', '2026-11-16 11:00:30Z', false, '+4144***', NULL, 'bob', 'M07', 'callSetup', 'The callee did not answer.'),
 ('M07', '2026-11-16', 'c5', 's1', '2026-11-16 12:00:00Z', '2026-11-16 12:00:30Z', false, 'bob', 'M07', '+4144***', NULL, 'midcall', NULL);
SELECT call_id, attempt_of_day, can_match, return_seconds, called_back FROM metric_missed_calls WHERE tenant_id = 'M07' ORDER BY call_id;
-- = c1, 1, 1, 600, 1
-- = c2, 2, 1, 300, 1
-- = c4, 1, 0, NULL, 0

-- example M08
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id) VALUES
 ('M08', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:05:00Z', 'phone', '+41441'), ('M08', '2026-11-16', 'c2', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', 'phone', '+41442');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, application_instance_id, phone_id) VALUES
 ('M08', '2026-11-16', 'c1', 0, 'phone', NULL, '+41441'), ('M08', '2026-11-16', 'c1', 1, 'applicationInstance', 'menu-1', NULL), ('M08', '2026-11-16', 'c1', 2, 'applicationInstance', 'queue-7', NULL),
 ('M08', '2026-11-16', 'c2', 1, 'applicationInstance', 'queue-7', NULL);
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_service_role, callee_identity_id, callee_tenant_id, callee_service_role) VALUES
 ('M08', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:20Z', false, '+41441', 'gateway', NULL, NULL, 'skypeForBusinessAutoAttendant'),
 ('M08', '2026-11-16', 'c1', 's2', '2026-11-16 09:00:20Z', '2026-11-16 09:05:00Z', false, '+41441', 'gateway', NULL, NULL, 'skypeForBusinessCallQueues'),
 ('M08', '2026-11-16', 'c1', 's3', '2026-11-16 09:01:05Z', '2026-11-16 09:05:00Z', false, NULL, 'skypeForBusinessCallQueues', 'bob', 'M08', NULL),
 ('M08', '2026-11-16', 'c2', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', false, '+41442', 'gateway', NULL, NULL, 'skypeForBusinessCallQueues');
INSERT INTO call_media_streams (tenant_id, dt, call_id, session_id, segment_id, media_index, stream_index) VALUES ('M08', '2026-11-16', 'c1', 's3', 'g1', 0, 0);
SELECT call_id, resource_accounts, menu_seconds, result, wait_seconds, agents_rung, answered_by, talk_seconds FROM metric_queue_journeys WHERE tenant_id = 'M08' ORDER BY call_id;
-- = c1, menu-1,queue-7, 20, agent_answered, 45, 1, bob, 235
-- = c2, queue-7, 0, left, 30, 0, NULL, 0

-- example M09
-- the rows of M08
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_service_role, callee_identity_id, callee_tenant_id, callee_service_role) VALUES
 ('M09', '2026-11-16', 'c3', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:20Z', false, '+41441', 'gateway', NULL, NULL, 'skypeForBusinessAutoAttendant'),
 ('M09', '2026-11-16', 'c3', 's2', '2026-11-16 09:00:20Z', '2026-11-16 09:00:40Z', false, NULL, 'skypeForBusinessCallQueues', 'bob', 'M09', NULL),
 ('M09', '2026-11-16', 'c3', 's3', '2026-11-16 09:00:20Z', '2026-11-16 09:05:00Z', false, '+41441', 'gateway', NULL, NULL, 'skypeForBusinessCallQueues');
SELECT call_id, menu_seconds, result FROM metric_attendant_journeys WHERE tenant_id IN ('M08', 'M09') ORDER BY call_id;
-- = c1, 20, transferred_queue
-- = c3, 20, transferred_queue

-- example M10
-- the rows of M08
SELECT resource_accounts, offered, answered, answered_in_target, left_unanswered, grade_of_service_percent, answered_in_target_percent FROM metric_queue_days WHERE tenant_id = 'M08' ORDER BY 1;
-- = menu-1,queue-7, 1, 1, 0, 0, 0.0, 0.0
-- = queue-7, 1, 0, 0, 1, 0.0, NULL

-- example M11
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id, organizer_user_tenant_id) VALUES
 ('M11', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:10:00Z', 'user', 'ann', 'M11'),
 ('M11', '2026-11-16', 'c2', '2026-11-16 09:05:00Z', '2026-11-16 09:20:00Z', 'user', 'bob', 'M11'),
 ('M11', '2026-11-16', 'c3', '2026-11-16 09:10:00Z', '2026-11-16 09:12:00Z', 'user', 'cat', 'M11');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_identity_id, callee_tenant_id)
 SELECT tenant_id, dt, call_id, 's1', start_time, end_time, false, organizer_id, 'M11', 'dan', 'M11' FROM calls WHERE tenant_id = 'M11';
SELECT slot_time, peak, round(mean_calls, 4) FROM metric_concurrency WHERE tenant_id = 'M11' AND scope = 'tenant' ORDER BY slot_time;
-- = 2026-11-16 09:00:00+00, 2, 1.4667
-- = 2026-11-16 09:15:00+00, 1, 0.3333

-- example M12
INSERT INTO direct_routing_calls (tenant_id, dt, direct_routing_call_id, call_time, trunk_fqdn, successful_call, invite_time, start_time, end_time, failure_time) VALUES
 ('M12', '2026-11-16', 'd1', '2026-11-16 09:00:10Z', 'sbc1', true, '2026-11-16 09:00:00Z', '2026-11-16 09:00:10Z', '2026-11-16 09:02:00Z', NULL),
 ('M12', '2026-11-16', 'd2', '2026-11-16 09:01:50Z', 'sbc1', false, '2026-11-16 09:01:50Z', NULL, NULL, '2026-11-16 09:02:20Z'),
 ('M12', '2026-11-16', 'd3', '2026-11-16 09:01:00Z', 'sbc2', true, '2026-11-16 09:01:00Z', '2026-11-16 09:01:05Z', '2026-11-16 09:01:30Z', NULL);
SELECT line, peak, round(mean_calls, 4) FROM metric_concurrency WHERE tenant_id = 'M12' ORDER BY line;
-- = sbc1, 2, 0.1667
-- = sbc2, 1, 0.0333

-- example M13
INSERT INTO direct_routing_calls (tenant_id, dt, direct_routing_call_id, call_time, call_type, trunk_fqdn, successful_call, final_sip_code, call_end_sub_reason, duration_seconds) VALUES
 ('M13', '2026-11-16', 'd1', '2026-11-16 09:00:00Z', 'ByotOut', 'sbc1', true, 0, 540000, 100), ('M13', '2026-11-16', 'd2', '2026-11-16 09:01:00Z', 'ByotOut', 'sbc1', false, 486, 560486, 0),
 ('M13', '2026-11-16', 'd3', '2026-11-16 09:02:00Z', 'ByotOut', 'sbc1', false, 404, 560404, 0), ('M13', '2026-11-16', 'd4', '2026-11-16 09:03:00Z', 'ByotOut', 'sbc1', false, 504, 560504, 0);
SELECT attempts, answered, busy, bad_number, network, answer_seizure_percent, network_effectiveness_percent, mean_seconds FROM metric_direct_routing WHERE tenant_id = 'M13';
-- = 4, 1, 1, 1, 1, 25.0, 50.0, 100.0

-- example M14
INSERT INTO pstn_calls (tenant_id, dt, pstn_call_id, start_time, call_type, duration_seconds, charge, connection_charge, currency, destination_name, usage_country_code, operator, destination_context, user_id, other_number_country) VALUES
 ('M14', '2026-11-16', 'p1', '2026-11-16 09:00:00Z', 'user_out', 61, 0.40, 0.05, 'CHF', 'Portugal', 'CH', 'Microsoft', 'International', 'ann', 'PT'),
 ('M14', '2026-11-16', 'p2', '2026-11-16 09:05:00Z', 'user_out', 60, 0.20, 0.05, 'CHF', NULL, 'CH', 'Microsoft', 'International', 'bob', 'PT'),
 ('M14', '2026-11-16', 'p3', '2026-11-16 09:06:00Z', 'user_out', 30, NULL, NULL, 'EUR', 'Portugal', 'DE', 'Microsoft', 'International', 'cat', 'PT'),
 ('M14', '2026-11-16', 'p4', '2026-11-16 09:07:00Z', 'user_in', 30, 0, 0, 'CHF', NULL, 'CH', 'Microsoft', NULL, 'ann', 'PT'),
 ('M14', '2026-11-16', 'p5', '2026-11-16 09:08:00Z', 'USER_IN', 30, 0, 0, 'CHF', 'Switzerland', 'CH', 'Microsoft', NULL, 'bob', NULL),
 ('M14', '2026-11-16', 'p6', '2026-11-16 09:09:00Z', 'user_out', 60, 0.10, 0, 'CHF', 'Switzerland', 'CH', 'Microsoft', 'Domestic', 'ann', NULL),
 ('M14', '2026-11-16', 'p7', '2026-11-16 09:10:00Z', 'user_out', 60, 0.10, 0, 'USD', 'Canada', 'CH', 'Microsoft', 'International', 'ann', NULL),
 ('M14', '2026-11-16', 'p8', '2026-11-16 09:11:00Z', 'other', 60, 0.10, 0, 'USD', 'Canada', 'CH', 'Microsoft', 'Domestic', 'ann', NULL);
SELECT country, direction, currency, calls, seconds, CAST(started_minutes AS INTEGER), CAST(cost AS DOUBLE), calls_without_charge FROM metric_pstn_costs WHERE tenant_id = 'M14' ORDER BY country, currency, direction;
-- = CH, inbound, CHF, 2, 60, 2, 0.0, 0
-- = CH, outbound, CHF, 1, 60, 1, 0.1, 0
-- = PT, outbound, CHF, 2, 121, 3, 0.7, 0
-- = PT, outbound, EUR, 1, 30, 1, 0.0, 1
-- = unknown, outbound, USD, 1, 60, 1, 0.1, 0
-- = unknown, unknown, USD, 1, 60, 1, 0.1, 0

-- example PL
INSERT INTO direct_routing_calls (tenant_id, dt, direct_routing_call_id, correlation_id, call_time, invite_time, start_time, call_type, trunk_fqdn, successful_call, final_sip_code, user_id, direction, other_number, other_number_country, other_number_masked, result, ring_seconds) VALUES
 ('PL', '2026-11-16', 'same', 'c1', '2026-11-16 09:00:07Z', '2026-11-16 09:00:00Z', '2026-11-16 09:00:07Z', 'ByotIn', 'sbc1', true, 0, 'ann', 'inbound', '+41440000001', 'CH', false, 'success', 7),
 ('PL', '2026-11-16', 'd2', 'c2', '2026-11-16 09:10:00Z', '2026-11-16 09:10:00Z', NULL, 'ByotOut', 'sbc1', false, 486, 'bob', 'outbound', '+4930000***', 'DE', true, 'busy', NULL);
INSERT INTO pstn_calls (tenant_id, dt, pstn_call_id, start_time, call_type, duration_seconds, charge, connection_charge, total_charge, currency, charged_to, user_id, direction, other_number, other_number_country, other_number_masked) VALUES
 ('PL', '2026-11-16', 'same', '2026-11-16 09:20:00Z', 'user_out', 61, 0.40, 0.05, 0.45, 'CHF', 'user', 'ann', 'outbound', '+35121000', 'PT', false);
SELECT dataset, leg_id, call_id, user_id, direction, other_number_country, other_number_masked, ring_seconds, result, final_sip_code, trunk_fqdn, CAST(cost AS DOUBLE), currency FROM phone_legs WHERE tenant_id = 'PL' ORDER BY start_time;
-- = direct_routing_calls, same, c1, ann, inbound, CH, false, 7, success, 0, sbc1, NULL, NULL
-- = direct_routing_calls, d2, c2, bob, outbound, DE, true, NULL, busy, 486, sbc1, NULL, NULL
-- = pstn_calls, same, NULL, ann, outbound, PT, false, NULL, NULL, NULL, NULL, 0.45, CHF

-- example M15
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, is_test, caller_identity_id, caller_tenant_id, callee_service_role, start_time, end_time, caller_platform) VALUES ('M15', '2026-11-16', 'c1', 's1', false, 'ann', 'M15', 'mediaController', '2026-11-16 09:00:00Z', '2026-11-16 09:10:00Z', 'windows');
INSERT INTO call_media (tenant_id, dt, call_id, session_id, segment_id, media_index, label, caller_subnet, caller_connection_type, caller_wifi_band) VALUES
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 0, 'main-audio', '10.0.1.0', 'wifi', 'frequency50GHz'), ('M15', '2026-11-16', 'c1', 's1', 'g1', 1, 'main-video', '10.0.1.0', 'wifi', 'frequency50GHz'), ('M15', '2026-11-16', 'c1', 's1', 'g1', 2, 'applicationsharing-video', '10.0.1.0', 'wifi', 'frequency50GHz');
INSERT INTO call_media_streams (tenant_id, dt, call_id, session_id, segment_id, media_index, stream_index, stream_direction, packet_utilization, average_round_trip_time_ms, average_jitter_ms, average_packet_loss_rate, average_video_frame_loss_percentage, average_video_frame_rate, post_forward_error_correction_packet_loss_rate) VALUES
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 0, 0, 'callerToCallee', 1001, 500, 30, 0.1, NULL, NULL, NULL),
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 0, 1, 'calleeToCaller', 1000, 501, NULL, NULL, NULL, NULL, NULL),
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 0, 2, 'calleeToCaller', 500, 501, NULL, NULL, NULL, NULL, NULL),
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 1, 0, 'callerToCallee', 9000, NULL, NULL, NULL, NULL, 6.9, 0.0),
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 2, 0, 'callerToCallee', 9000, NULL, NULL, NULL, NULL, 2.0, 0.9),
 ('M15', '2026-11-16', 'c1', 's1', 'g1', 2, 1, 'callerToCallee', 9000, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT medium, stream_index, cqd_class, cri_poor FROM metric_streams WHERE tenant_id = 'M15' ORDER BY media_index, stream_index;
-- = audio, 0, good, 0
-- = audio, 1, poor, 0
-- = audio, 2, unclassified, 0
-- = video, 0, poor, 1
-- = sharing, 0, good, 0
-- = sharing, 1, unclassified, 0

-- example M17
-- the rows of M15
SELECT streams, good_audio, poor_audio, unclassified_audio, good_video, poor_video, poor_audio_call, poor_call, cri_poor_call FROM metric_call_quality WHERE tenant_id = 'M15';
-- = 6, 1, 1, 1, 1, 1, 1, 1, 1

-- example M18
-- the rows of M15: only ann's side is a person of the tenant
SELECT medium, role, subnet, connection_type, platform, good, poor, unclassified, poor_percent, users FROM metric_quality_by_network WHERE tenant_id = 'M15' AND medium = 'audio' ORDER BY role;
-- = audio, receives, 10.0.1.0, wifi, windows, 0, 1, 1, 100.0, 1
-- = audio, sends, 10.0.1.0, wifi, windows, 1, 0, 0, 0.0, 1

-- example M20
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id, organizer_user_tenant_id, join_web_url) VALUES ('M20', '2026-11-16', 'c1', '2026-11-16 09:01:00Z', '2026-11-16 10:00:00Z', 'user', 'ann', 'M20', 'https://m/1');
INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, join_url, start_time, end_time, is_organizer, removed, is_cancelled, is_all_day) VALUES
 ('M20', '2026-11-16', 'ann', 'e1', 'https://m/1', '2026-11-16 09:00:00Z', '2026-11-16 10:00:00Z', true, false, false, false), ('M20', '2026-11-09', 'ann', 'e0', 'https://m/1', '2026-11-09 09:00:00Z', '2026-11-09 10:00:00Z', true, false, false, false);
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_service_role) VALUES
 ('M20', '2026-11-16', 'c1', 's1', '2026-11-16 09:01:00Z', '2026-11-16 10:00:00Z', false, 'ann', 'M20', 'mediaController'),
 ('M20', '2026-11-16', 'c1', 's2', '2026-11-16 09:05:00Z', '2026-11-16 09:20:00Z', false, 'bob', 'M20', 'mediaController'),
 ('M20', '2026-11-16', 'c1', 's3', '2026-11-16 09:30:00Z', '2026-11-16 09:50:00Z', false, 'bob', 'M20', 'mediaController'),
 ('M20', '2026-11-16', 'c1', 's4', '2026-11-16 09:05:01Z', '2026-11-16 09:15:01Z', false, 'eve', 'partner', 'mediaController');
SELECT person_id, person_kind, stays, seconds, join_delay_seconds, late FROM metric_meeting_attendance WHERE tenant_id = 'M20' ORDER BY person_id;
-- = ann, user, 1, 3540, 60, 0
-- = bob, user, 2, 2100, 300, 0
-- = eve, external, 1, 600, 301, 1

-- example M19
-- the rows of M20
SELECT people, members, person_seconds, late_people, size_band, length_band_minutes FROM metric_meetings WHERE tenant_id = 'M20';
-- = 3, 2, 6240, 1, 3-8, 30-60

-- example M21
INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, is_all_day, is_cancelled, removed, show_as, response) VALUES
 ('M21', '2026-11-16', 'ann', 'e1', '2026-11-16 09:00:00Z', '2026-11-16 10:00:00Z', false, false, false, 'busy', 'accepted'), ('M21', '2026-11-16', 'ann', 'e2', '2026-11-16 09:30:00Z', '2026-11-16 10:30:00Z', false, false, false, 'tentative', 'notResponded'),
 ('M21', '2026-11-16', 'ann', 'e3', '2026-11-16 11:00:00Z', '2026-11-16 12:00:00Z', false, false, false, 'busy', 'organizer'), ('M21', '2026-11-16', 'ann', 'e4', '2026-11-16 11:30:00Z', '2026-11-16 12:00:00Z', false, false, false, 'busy', 'declined'),
 ('M21', '2026-11-16', 'ann', 'e5', '2026-11-16 13:00:00Z', '2026-11-16 14:00:00Z', false, false, false, 'busy', 'organizer');
INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, is_all_day, is_cancelled, removed, show_as, response, organizer_address) VALUES
 ('M21', '2026-11-16', 'ann', 'e6', '2026-11-16 15:00:00Z', '2026-11-16 16:00:00Z', false, false, false, 'busy', 'organizer', 'Ann@example.com');
INSERT INTO event_attendees (tenant_id, dt, user_id, event_id, attendee_index, attendee_type, address) VALUES ('M21', '2026-11-16', 'ann', 'e6', 0, 'required', 'ann@example.com');
INSERT INTO event_attendees (tenant_id, dt, user_id, event_id, attendee_index, attendee_type) SELECT 'M21', DATE '2026-11-16', 'ann', e, 0, 'required' FROM (VALUES ('e1'), ('e2'), ('e3'), ('e4')) AS v (e);
SELECT week, meetings, meeting_hours, hours_without_overlap, conflicting_hours, double_booked_hours FROM metric_meeting_load WHERE tenant_id = 'M21';
-- = 2026-11-16, 3, 3.0, 2.5, 2.0, 0.5

-- example M23
INSERT INTO chats_current (tenant_id, chat_id, chat_type) VALUES ('M23', 'x1', 'oneOnOne'), ('M23', 'x2', 'group');
INSERT INTO chat_messages (tenant_id, dt, chat_id, message_id, created_time, message_type, from_user_id, deleted_time) VALUES
 ('M23', '2026-11-16', 'x1', '1', '2026-11-16 09:00:00Z', 'message', 'ann', NULL), ('M23', '2026-11-16', 'x1', '2', '2026-11-16 09:01:00Z', 'message', 'ann', '2026-11-16 09:02:00Z'),
 ('M23', '2026-11-16', 'x2', '1', '2026-11-16 09:00:00Z', 'message', 'ann', NULL), ('M23', '2026-11-16', 'x2', '3', '2026-11-16 09:03:00Z', 'systemEventMessage', NULL, NULL);
INSERT INTO channel_messages (tenant_id, dt, team_id, channel_id, message_id, created_time, message_type, from_user_id, reply_to_id) VALUES ('M23', '2026-11-16', 't1', 'k1', '9', '2026-11-16 09:10:00Z', 'message', 'ann', '8');
SELECT scope, messages, threads FROM metric_messages_sent WHERE tenant_id = 'M23' ORDER BY scope;
-- = group, 1, 1
-- = one_on_one, 2, 1
-- = reply, 1, 1

-- example M24
INSERT INTO users_current (tenant_id, user_id) VALUES ('M24', 'ann'), ('M24', 'bob');
INSERT INTO mailbox_settings_current (tenant_id, user_id, working_hours_iana_time_zone, working_hours_windows_time_zone, working_days, working_hours_start, working_hours_end) VALUES
 ('M24', 'bob', 'Europe/Zurich', 'W. Europe Standard Time', '["monday","tuesday","wednesday","thursday","friday"]', '08:00:00.0000000', '17:00:00.0000000');
INSERT INTO chats_current (tenant_id, chat_id, chat_type) VALUES ('M24', 'x1', 'oneOnOne');
INSERT INTO chat_messages (tenant_id, dt, chat_id, message_id, created_time, message_type, from_user_id) VALUES
 ('M24', '2026-11-20', 'x1', '1', '2026-11-20 15:50:00Z', 'message', 'ann'), ('M24', '2026-11-20', 'x1', '2', '2026-11-20 15:58:00Z', 'message', 'ann'),
 ('M24', '2026-11-23', 'x1', '3', '2026-11-23 08:10:00Z', 'message', 'bob'), ('M24', '2026-11-23', 'x1', '4', '2026-11-23 08:11:00Z', 'message', 'bob');
SELECT user_id, asked_by, elapsed_seconds, working_seconds FROM metric_response_times WHERE tenant_id = 'M24';
-- = bob, ann, 231600, 4800

-- example M25
INSERT INTO users_current (tenant_id, user_id) VALUES ('M25', 'ann'), ('M25', 'nils');
INSERT INTO mailbox_settings_current (tenant_id, user_id, working_hours_iana_time_zone, working_hours_windows_time_zone, working_days, working_hours_start, working_hours_end) VALUES
 ('M25', 'ann', 'America/New_York', 'Eastern Standard Time', '["monday","tuesday","wednesday","thursday","friday"]', '08:00:00.0000000', '17:00:00.0000000'),
 ('M25', 'nils', 'Europe/Oslo', 'W. Europe Standard Time', '["monday"]', '22:00:00.0000000', '06:00:00.0000000');
INSERT INTO channel_messages (tenant_id, dt, team_id, channel_id, message_id, created_time, message_type, from_user_id) VALUES
 ('M25', '2026-10-30', 't', 'k', '1', '2026-10-30 21:30:00Z', 'message', 'ann'), ('M25', '2026-11-02', 't', 'k', '2', '2026-11-02 21:30:00Z', 'message', 'ann'),
 ('M25', '2026-11-03', 't', 'k', '3', '2026-11-03 04:30:00Z', 'message', 'nils'), ('M25', '2026-11-03', 't', 'k', '4', '2026-11-03 05:30:00Z', 'message', 'nils');
SELECT user_id, local_date, messages, inside, outside FROM metric_message_hours WHERE tenant_id = 'M25' ORDER BY 1, 2;
-- = ann, 2026-10-30, 1, 0, 1
-- = ann, 2026-11-02, 1, 1, 0
-- = nils, 2026-11-03, 2, 1, 1

-- example M26
INSERT INTO users_current (tenant_id, user_id) VALUES ('M26', 'ann');
INSERT INTO mailbox_settings_current (tenant_id, user_id, working_hours_iana_time_zone, working_hours_windows_time_zone, working_days, working_hours_start, working_hours_end) VALUES ('M26', 'ann', 'Europe/Zurich', 'W. Europe Standard Time', '["monday"]', '08:00:00.0000000', '17:00:00.0000000');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_service_role) VALUES
 ('M26', '2026-11-16', 'c1', 's1', '2026-11-16 15:30:00Z', '2026-11-16 17:00:00Z', false, 'ann', 'M26', 'mediaController'),
 ('M26', '2026-11-16', 'c2', 's1', '2026-11-16 16:45:00Z', '2026-11-16 17:15:00Z', false, 'ann', 'M26', 'mediaController'),
 ('M26', '2026-11-16', 'c3', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:01:00Z', false, 'bob', 'M26', 'mediaController');
SELECT user_id, seconds, outside_seconds FROM metric_call_hours WHERE tenant_id = 'M26' ORDER BY 1;
-- = ann, 6300, 4500
-- = bob, 60, NULL

-- example M27
INSERT INTO presence (tenant_id, dt, user_id, observed_time, availability) VALUES
 ('M27', '2026-11-16', 'ann', '2026-11-16 09:00:00Z', 'Available'), ('M27', '2026-11-16', 'ann', '2026-11-16 09:15:00Z', 'Busy'), ('M27', '2026-11-16', 'ann', '2026-11-16 11:00:00Z', 'Available');
SELECT availability, seconds, round(share_percent, 1), observations, round(seen_percent_of_day, 2) FROM metric_presence_shares WHERE tenant_id = 'M27' ORDER BY 1;
-- = Available, 2700, 60.0, 3, 5.21
-- = Busy, 1800, 40.0, 3, 5.21

-- example M28
INSERT INTO teams_current (tenant_id, team_id) VALUES ('M28', 't1'), ('M28', 't2'), ('M28', 't3');
INSERT INTO group_owners_current (tenant_id, group_id, owner_id) VALUES ('M28', 't1', 'ann'), ('M28', 't2', 'old'), ('M28', 't2', 'gone');
INSERT INTO users_current (tenant_id, user_id, account_enabled) VALUES ('M28', 'ann', true), ('M28', 'old', false);
SELECT team_id, owners, active_owners, ownership FROM metric_team_owners WHERE tenant_id = 'M28' ORDER BY 1;
-- = t1, 1, 1, one
-- = t2, 2, 0, only_inactive
-- = t3, 0, 0, none

-- example M29
INSERT INTO teams_current (tenant_id, team_id, is_archived) VALUES ('M29', 't1', false), ('M29', 't2', false), ('M29', 't3', true);
INSERT INTO channel_messages (tenant_id, dt, team_id, channel_id, message_id, created_time, message_type, from_user_id) VALUES
 ('M29', '2026-10-01', 't2', 'k', '1', '2026-10-01 09:00:00Z', 'message', 'ann'), ('M29', '2026-11-20', 't1', 'k', '2', '2026-11-20 09:00:00Z', 'message', 'bob'), ('M29', '2026-11-20', 't2', 'k', '3', '2026-11-20 09:05:00Z', 'systemEventMessage', NULL);
SELECT team_id, state, messages, last_message_dt FROM metric_team_activity WHERE tenant_id = 'M29' ORDER BY 1;
-- = t1, active, 1, 2026-11-20
-- = t2, dormant, 1, 2026-10-01
-- = t3, archived, 0, NULL

-- example M30
INSERT INTO users_current (tenant_id, user_id, department, account_enabled) VALUES ('M30', 'ann', 'Sales', true), ('M30', 'bob', 'Legal', true), ('M30', 'cat', 'Sales', true);
INSERT INTO chats_current (tenant_id, chat_id, chat_type) VALUES ('M30', 'x1', 'oneOnOne');
INSERT INTO chat_members_current (tenant_id, chat_id, membership_id, user_id) VALUES ('M30', 'x1', 'm1', 'ann'), ('M30', 'x1', 'm2', 'bob');
INSERT INTO chat_messages (tenant_id, dt, chat_id, message_id, created_time, message_type, from_user_id) VALUES ('M30', '2026-11-16', 'x1', '1', '2026-11-16 09:00:00Z', 'message', 'ann'), ('M30', '2026-11-16', 'x1', '2', '2026-11-16 09:01:00Z', 'message', 'ann');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_service_role) VALUES
 ('M30', '2026-11-16', 'c1', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:10:00Z', false, 'ann', 'M30', 'mediaController'), ('M30', '2026-11-16', 'c1', 's2', '2026-11-16 10:05:00Z', '2026-11-16 10:10:00Z', false, 'cat', 'M30', 'mediaController');
SELECT from_department, to_department, CAST(messages AS INTEGER), CAST(calls_together AS INTEGER), seconds_together FROM metric_departments WHERE tenant_id = 'M30' ORDER BY 1, 2;
-- = Sales, Legal, 2, 0, 0
-- = Sales, Sales, 0, 2, 600

-- example M31
-- the rows of M30
INSERT INTO users (tenant_id, dt, user_id) VALUES ('M30', '2026-11-16', 'ann'), ('M30', '2026-11-16', 'bob'), ('M30', '2026-11-16', 'cat'), ('M30', '2026-11-17', 'ann');
SELECT user_id, chatted, called, met FROM metric_active_users WHERE tenant_id = 'M30' ORDER BY 1;
-- = ann, 1, 0, 1
-- = cat, 0, 0, 1

-- example M32
-- the rows of M30, and
INSERT INTO channel_messages (tenant_id, dt, team_id, channel_id, message_id, created_time, message_type, from_user_id) VALUES ('M30', '2026-11-23', 't', 'k', '1', '2026-11-23 09:00:00Z', 'message', 'bob');
SELECT dt, active_1_day, active_7_days, active_28_days, days_with_data FROM metric_active_counts WHERE tenant_id = 'M30' ORDER BY dt;
-- = 2026-11-16, 2, 2, 2, 1
-- = 2026-11-23, 1, 1, 3, 2

-- example M33
-- the rows of M30 and M32, and
INSERT INTO subscribed_skus_current (tenant_id, picture_date, subscribed_sku_id, sku_id, sku_part_number, applies_to, enabled_units, consumed_units) VALUES ('M30', '2026-11-23', 'q1', 'k1', 'E5', 'User', 10, 4);
INSERT INTO users_current (tenant_id, user_id, department, account_enabled) VALUES ('M30', 'old', 'Sales', false), ('M30', 'dan', 'Sales', true);
INSERT INTO user_licenses_current (tenant_id, user_id, sku_id) VALUES ('M30', 'ann', 'k1'), ('M30', 'old', 'k1'), ('M30', 'dan', 'k1');
SELECT sku_part_number, consumed_units, assigned, on_disabled_accounts, on_inactive_people, unassigned_units, assigned_percent FROM metric_licences WHERE tenant_id = 'M30';
-- = E5, 4, 3, 1, 1, 6, 40.0

-- example H01
INSERT INTO users (tenant_id, dt, user_id, department) VALUES
 ('H01', '2026-11-17', 'ann', 'Sales'), ('H01', '2026-11-18', 'ann', 'Sales'), ('H01', '2026-11-20', 'ann', 'Legal'), ('H01', '2026-11-20', 'bob', NULL), ('H01', '2026-11-21', 'ann', 'Sales'), ('H01', '2026-11-21', 'bob', NULL);
INSERT INTO coverage (tenant_id, dataset, dt, outcome) VALUES
 ('H01', 'call_records', '2026-11-16', 'data'), ('H01', 'users', '2026-11-17', 'data'), ('H01', 'call_records', '2026-11-17', 'data'), ('H01', 'call_records', '2026-11-19', 'empty'), ('H01', 'call_records', '2026-11-20', 'data'), ('H01', 'call_records', '2026-11-23', 'data');
SELECT dt, user_id, picture_date, department FROM users_on_day WHERE tenant_id = 'H01' ORDER BY 1, 2;
-- = 2026-11-16, ann, 2026-11-17, Sales
-- = 2026-11-17, ann, 2026-11-17, Sales
-- = 2026-11-19, ann, 2026-11-18, Sales
-- = 2026-11-20, ann, 2026-11-20, Legal
-- = 2026-11-20, bob, 2026-11-20, NULL
-- = 2026-11-23, ann, 2026-11-21, Sales
-- = 2026-11-23, bob, 2026-11-21, NULL

-- example H02
-- the rows of H01
SELECT user_id, valid_from, valid_to, department FROM users_history WHERE tenant_id = 'H01' ORDER BY 1, 2;
-- = ann, 2026-11-17, 2026-11-20, Sales
-- = ann, 2026-11-20, 2026-11-21, Legal
-- = ann, 2026-11-21, NULL, Sales
-- = bob, 2026-11-20, NULL, NULL

-- example P01
-- the rows of M08, and a call to an account that nobody knows any more
INSERT INTO resource_accounts_current (tenant_id, account_id, display_name, application_id, phone_number) VALUES
 ('M08', 'menu-1', 'Main Menu', 'ce933385-9390-45d1-9512-c8d228074e07', 'tel:+41441000'), ('M08', 'queue-7', 'Support', '11cd3e2e-fccb-42ad-ad00-878b93575e07', NULL);
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, application_instance_id) VALUES
 ('P01', '2026-11-16', 'c9', 0, 'applicationInstance', 'queue-7'), ('P01', '2026-11-16', 'c9', 1, 'applicationInstance', 'queue-7');
SELECT call_id, account_id, account_kind, account_name, account_number FROM metric_call_accounts WHERE tenant_id IN ('M08', 'P01') ORDER BY call_id, account_id;
-- = c1, menu-1, attendant, Main Menu, tel:+41441000
-- = c1, queue-7, queue, Support, NULL
-- = c2, queue-7, queue, Support, NULL
-- = c9, queue-7, unknown, NULL, NULL

-- example P02
-- the rows of M08, and a call that names two queues of one name and one without a name, by way of none that is known
INSERT INTO resource_accounts_current (tenant_id, account_id, display_name, application_id) VALUES
 ('P02', 'q1', 'Orders', '11cd3e2e-fccb-42ad-ad00-878b93575e07'), ('P02', 'q2', 'Orders', '11cd3e2e-fccb-42ad-ad00-878b93575e07'), ('P02', 'q3', NULL, '11cd3e2e-fccb-42ad-ad00-878b93575e07');
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id) VALUES
 ('P02', '2026-11-16', 'd1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:10Z', 'phone', '+41441'), ('P02', '2026-11-16', 'd2', '2026-11-16 10:00:00Z', '2026-11-16 10:00:10Z', 'phone', '+41442');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, application_instance_id) VALUES
 ('P02', '2026-11-16', 'd1', 0, 'applicationInstance', 'q1'), ('P02', '2026-11-16', 'd1', 1, 'applicationInstance', 'q2'), ('P02', '2026-11-16', 'd1', 2, 'applicationInstance', 'q3'),
 ('P02', '2026-11-16', 'd2', 0, 'applicationInstance', 'gone');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_service_role, callee_service_role) VALUES
 ('P02', '2026-11-16', 'd1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:00:10Z', false, '+41441', 'gateway', 'skypeForBusinessCallQueues'),
 ('P02', '2026-11-16', 'd2', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:00:10Z', false, '+41442', 'gateway', 'skypeForBusinessCallQueues');
SELECT call_id, queue_name, queues, coalesce(attendant_name, 'none'), result, wait_seconds FROM metric_queue_calls_by_name WHERE tenant_id IN ('M08', 'P02') ORDER BY call_id;
-- = c1, Support, 1, Main Menu, agent_answered, 45
-- = c2, Support, 1, none, left, 30
-- = d1, Orders,q3, 2, none, left, 10
-- = d2, unknown, 0, none, left, 10

-- example P03
-- the rows of M08
SELECT queue_name, offered, answered, answered_in_target, left_unanswered, longest_wait_seconds, talk_seconds, grade_of_service_percent FROM metric_queues_by_name WHERE tenant_id = 'M08';
-- = Support, 2, 1, 0, 1, 45, 235, 0.0

-- example P04
-- the rows of M08 and of M09, where nobody knows the attendant
SELECT attendant_name, calls, transferred_queue, terminated, menu_seconds FROM metric_attendants_by_name WHERE tenant_id IN ('M08', 'M09') ORDER BY 1;
-- = Main Menu, 1, 1, 0, 20
-- = unknown, 1, 1, 0, 20

-- example P05
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id) VALUES
 ('P05', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:05:00Z', 'phone', '+41441'), ('P05', '2026-11-16', 'c2', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', 'phone', '+41442');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_service_role, callee_identity_id, callee_tenant_id, callee_service_role, failure_stage, failure_reason) VALUES
 ('P05', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:05:00Z', false, '+41441', 'gateway', NULL, NULL, 'skypeForBusinessCallQueues', NULL, NULL),
 ('P05', '2026-11-16', 'c1', 's2', '2026-11-16 09:00:00Z', '2026-11-16 09:00:10Z', false, NULL, 'skypeForBusinessCallQueues', 'ann', 'P05', NULL, 'callSetup', 'No answer.'),
 ('P05', '2026-11-16', 'c1', 's3', '2026-11-16 09:00:00Z', '2026-11-16 09:00:10Z', false, NULL, 'skypeForBusinessCallQueues', 'bob', 'P05', NULL, 'callSetup', 'No answer.'),
 ('P05', '2026-11-16', 'c1', 's4', '2026-11-16 09:00:10Z', '2026-11-16 09:05:00Z', false, NULL, 'skypeForBusinessCallQueues', 'bob', 'P05', NULL, 'midcall', NULL),
 ('P05', '2026-11-16', 'c2', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', false, '+41442', 'gateway', NULL, NULL, 'skypeForBusinessCallQueues', NULL, NULL),
 ('P05', '2026-11-16', 'c2', 's2', '2026-11-16 10:00:00Z', '2026-11-16 10:00:20Z', false, NULL, 'skypeForBusinessCallQueues', 'ann', 'P05', NULL, 'callSetup', 'No answer.'),
 ('P05', '2026-11-16', 'c2', 's3', '2026-11-16 10:00:00Z', '2026-11-16 10:00:20Z', false, NULL, 'skypeForBusinessCallQueues', 'ann', 'P05', NULL, 'callSetup', 'Declined.');
SELECT user_id, resource_accounts, rung, rung_at_once, answered, missed, declined FROM metric_ring_groups WHERE tenant_id = 'P05' ORDER BY user_id;
-- = ann, unknown, 3, 1, 0, 2, 1
-- = bob, unknown, 2, 1, 1, 1, 0

-- example P06
INSERT INTO users_current (tenant_id, user_id, account_enabled) VALUES ('P06', 'ann', true), ('P06', 'old', false), ('P06', 'menu-1', false);
INSERT INTO resource_accounts_current (tenant_id, account_id) VALUES ('P06', 'menu-1');
INSERT INTO phone_numbers_current (tenant_id, telephone_number, assignment_status, assignment_target_id) VALUES
 ('P06', '+1', 'userAssigned', 'ann'), ('P06', '+2', 'userAssigned', 'old'), ('P06', '+3', 'userAssigned', 'who'), ('P06', '+4', 'userAssigned', 'menu-1'), ('P06', '+5', 'conferenceAssigned', 'bridge'),
 ('P06', '+6', 'unassigned', NULL), ('P06', '+7', 'userAssigned', ''), ('P06', '+8', 'voiceApplicationAssigned', 'queue-9'), ('P06', '+9', 'thirdPartyAppAssigned', 'app'), ('P06', '+10', 'unassigned', 'ann'), ('P06', '+11', NULL, 'who');
SELECT telephone_number, owner_kind, owner_id, without_owner FROM metric_number_owners WHERE tenant_id = 'P06' ORDER BY CAST(telephone_number AS INTEGER);
-- = +1, user, ann, 0
-- = +2, disabled, old, 1
-- = +3, unknown, who, 1
-- = +4, resource_account, menu-1, 0
-- = +5, conference, bridge, 0
-- = +6, unassigned, NULL, 1
-- = +7, unassigned, NULL, 1
-- = +8, resource_account, queue-9, 0
-- = +9, other, app, 0
-- = +10, unassigned, NULL, 1
-- = +11, unknown, who, 1

-- example P07
INSERT INTO users_current (tenant_id, user_id, account_enabled) SELECT 'P07', u, true FROM (VALUES ('ann'), ('bob'), ('cat'), ('dan'), ('eve'), ('fay'), ('line')) AS v (u);
INSERT INTO subscribed_skus_current (tenant_id, sku_id, service_plans) VALUES
 ('P07', 'e5', '[{"servicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","servicePlanName":"MCOEV"}]'), ('P07', 'plan', '[{"servicePlanId":"p","servicePlanName":"MCOPSTN2"}]'), ('P07', 'mail', '[{"servicePlanId":"m","servicePlanName":"EXCHANGE"}]');
INSERT INTO user_licenses_current (tenant_id, user_id, sku_id, disabled_plans) VALUES
 ('P07', 'ann', 'e5', '[]'), ('P07', 'ann', 'plan', NULL), ('P07', 'bob', 'e5', '["m"]'), ('P07', 'cat', 'e5', NULL), ('P07', 'dan', 'mail', NULL), ('P07', 'eve', 'e5', '["4828c8ec-dc2e-4779-b502-87ac9ce28ab7"]'), ('P07', 'fay', 'e5', '[]'), ('P07', 'line', 'e5', '[]');
INSERT INTO teams_user_configurations_current (tenant_id, user_id, account_type, is_enterprise_voice_enabled) VALUES
 ('P07', 'ann', 'user', true), ('P07', 'bob', 'user', true), ('P07', 'cat', 'user', false), ('P07', 'dan', 'ineligibleUser', true), ('P07', 'eve', 'user', NULL), ('P07', 'fay', NULL, false), ('P07', 'line', 'resourceAccount', true);
INSERT INTO phone_numbers_current (tenant_id, telephone_number, assignment_status, assignment_target_id) VALUES
 ('P07', '+1', 'userAssigned', 'ann'), ('P07', '+2', 'userAssigned', 'ann'), ('P07', '+3', 'userAssigned', 'dan'), ('P07', '+4', 'userAssigned', 'fay'), ('P07', '+5', 'voiceApplicationAssigned', 'line'), ('P07', '+6', 'unassigned', NULL);
SELECT user_id, has_phone_licence, has_calling_plan, is_voice_enabled, numbers, state FROM metric_voice WHERE tenant_id = 'P07' ORDER BY user_id;
-- = ann, 1, 1, 1, 2, complete
-- = bob, 1, 0, 1, 0, no_number
-- = cat, 1, 0, 0, 0, unused_licence
-- = dan, 0, 0, 1, 1, no_licence
-- = fay, 1, 0, 0, 1, number_without_voice

-- example Z01
-- near midnight in UTC it is another day by the clock of many a session
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id, organizer_user_tenant_id) VALUES ('Z01', '2026-11-16', 'c1', '2026-11-16 23:50:00Z', '2026-11-17 00:10:00Z', 'user', 'ann', 'Z01');
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_identity_id, callee_tenant_id) VALUES ('Z01', '2026-11-16', 'c1', 's1', '2026-11-16 23:50:00Z', '2026-11-17 00:10:00Z', false, 'ann', 'Z01', 'bob', 'Z01');
SELECT dt, slot_time, peak, round(mean_calls, 4) FROM metric_concurrency WHERE tenant_id = 'Z01' ORDER BY slot_time;
-- = 2026-11-16, 2026-11-16 23:45:00+00, 1, 0.6667
-- = 2026-11-17, 2026-11-17 00:00:00+00, 1, 0.6667

-- example Z02
-- on Sunday evening, and in the night to Monday
INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, is_all_day, is_cancelled, removed, show_as, response) VALUES
 ('Z02', '2026-11-15', 'ann', 'e1', '2026-11-15 20:00:00Z', '2026-11-15 21:00:00Z', false, false, false, 'busy', 'accepted'), ('Z02', '2026-11-16', 'ann', 'e2', '2026-11-16 02:00:00Z', '2026-11-16 02:30:00Z', false, false, false, 'busy', 'accepted');
INSERT INTO event_attendees (tenant_id, dt, user_id, event_id, attendee_index, attendee_type) VALUES ('Z02', '2026-11-15', 'ann', 'e1', 0, 'required'), ('Z02', '2026-11-16', 'ann', 'e2', 0, 'required');
SELECT week, meetings, meeting_hours FROM metric_meeting_load WHERE tenant_id = 'Z02' ORDER BY week;
-- = 2026-11-09, 1, 1.0
-- = 2026-11-16, 1, 0.5

-- example Z03
-- the day of an observation ends at midnight in UTC
INSERT INTO presence (tenant_id, dt, user_id, observed_time, availability) VALUES ('Z03', '2026-11-16', 'ann', '2026-11-16 23:45:00Z', 'Available');
SELECT availability, seconds, round(seen_percent_of_day, 2) FROM metric_presence_shares WHERE tenant_id = 'Z03';
-- = Available, 900, 1.04

-- example N01
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, organizer_kind, organizer_id, organizer_user_tenant_id) VALUES
 ('N01', '2026-11-16', 'c1', '2026-11-16 09:00:00Z', '2026-11-16 09:10:00Z', 'user', 'erased', 'N01'),
 ('N01', '2026-11-16', 'c2', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', 'user', 'excluded', 'N01'),
 ('N01', '2026-11-16', 'c3', '2026-11-16 11:00:00Z', '2026-11-16 11:00:30Z', 'user', 'erased', 'N01'),
 ('N01', '2026-11-16', 'c4', '2026-11-16 12:00:00Z', '2026-11-16 12:10:00Z', 'user', 'bob', 'N01');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, user_id, user_tenant_id)
 SELECT 'N01', DATE '2026-11-16', c, i, 'user', u, 'N01' FROM (VALUES
 ('c1', 0, 'erased'), ('c1', 1, 'bob'), ('c2', 0, 'excluded'), ('c2', 1, 'bob'), ('c3', 0, 'erased'), ('c3', 1, 'erased'), ('c4', 0, 'bob'), ('c4', 1, 'erased')) AS v (c, i, u);
INSERT INTO call_sessions (tenant_id, dt, call_id, session_id, start_time, end_time, is_test, caller_identity_id, caller_tenant_id, callee_identity_id, callee_tenant_id, failure_stage, failure_reason) VALUES
 ('N01', '2026-11-16', 'c1', 's1', '2026-11-16 09:00:00Z', '2026-11-16 09:10:00Z', false, 'erased', 'N01', 'bob', 'N01', 'midcall', NULL),
 ('N01', '2026-11-16', 'c2', 's1', '2026-11-16 10:00:00Z', '2026-11-16 10:00:30Z', false, 'excluded', 'N01', 'bob', 'N01', 'callSetup', 'The callee did not answer.'),
 ('N01', '2026-11-16', 'c3', 's1', '2026-11-16 11:00:00Z', '2026-11-16 11:00:30Z', false, 'erased', 'N01', 'erased', 'N01', 'callSetup', 'The callee did not answer.'),
 ('N01', '2026-11-16', 'c4', 's1', '2026-11-16 12:00:00Z', '2026-11-16 12:10:00Z', false, 'bob', 'N01', 'erased', 'N01', 'midcall', NULL);
SELECT user_id, offered, answered, missed, made, connected, talk_seconds FROM metric_person_calls WHERE tenant_id = 'N01' ORDER BY user_id;
-- = bob, 2, 1, 1, 1, 1, 1200

-- example N02
-- the rows of N01
SELECT call_id, target_id, other_id, can_match, attempt_of_day, returned_time FROM metric_missed_calls WHERE tenant_id = 'N01' ORDER BY call_id;
-- = c2, bob, NULL, 0, 1, NULL

-- example V01
INSERT INTO transcripts (tenant_id, dt, transcript_id, source, meeting_id, call_id, organizer_user_id, created_time, content_state, attributed) VALUES
 ('V01', '2026-11-16', 't1', 'scheduled', 'm1', 'c1', 'ann', '2026-11-16 09:00:00Z', 'present', true);
INSERT INTO utterances (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name, word_count, character_count, question_count) VALUES
 ('V01', '2026-11-16', 't1', 0, 0, 10000, 'Ann', 10, 50, 0), ('V01', '2026-11-16', 't1', 1, 10000, 20000, 'Ann', 12, 60, 1),
 ('V01', '2026-11-16', 't1', 2, 18000, 25000, 'Bob', 9, 45, 0), ('V01', '2026-11-16', 't1', 3, 30000, 40000, 'Ann', 20, 100, 1);
SELECT speaker, source, meeting_id, call_id, organizer_user_id, utterances, turns, talk_ms, talk_of_all_ms, talk_seconds, round(talk_share_percent, 1), longest_monologue_ms, longest_monologue_seconds, words, utterances_without_words, round(words_per_minute, 1), characters, questions FROM metric_speech WHERE tenant_id = 'V01' ORDER BY speaker;
-- = Ann, scheduled, m1, c1, ann, 3, 2, 30000, 37000, 30, 81.1, 20000, 20, 42, 0, 84, 210, 2
-- = Bob, scheduled, m1, c1, ann, 1, 1, 7000, 37000, 7, 18.9, 7000, 7, 9, 0, 77.1, 45, 0

-- example V02
-- the rows of V01
SELECT transcript_id, source, meeting_id, call_id, organizer_user_id, attributed, utterances, speakers, turns, length_seconds, speech_seconds, silence_seconds, silence_percent, longest_silence_seconds, talked_over_seconds, words, questions FROM metric_conversations WHERE tenant_id = 'V01';
-- = t1, scheduled, m1, c1, ann, 1, 4, 2, 3, 40, 35, 5, 12.5, 5, 2, 51, 2

-- example V03
-- Begun in the midst of a call, in no order of time, with an utterance in one's own and one of no length, pauses of 10 seconds and of a
-- millisecond more, two who begin at once; one in which somebody goes on under another; one whose words are not known; one without names; one of a call, one that is listed no more, empty, and not yet there.
INSERT INTO transcripts (tenant_id, dt, transcript_id, source, created_time, content_state, attributed, removed) VALUES
 ('V03', '2026-11-16', 't1', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, false), ('V03', '2026-11-16', 't2', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, false),
 ('V03', '2026-11-16', 't3', 'scheduled', '2026-11-16 09:00:00Z', 'present', false, false), ('V03', '2026-11-16', 't4', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, true),
 ('V03', '2026-11-16', 't5', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, false), ('V03', '2026-11-16', 't6', 'scheduled', '2026-11-16 09:00:00Z', 'not_yet', NULL, false),
 ('V03', '2026-11-16', 't7', 'scheduled', '2026-11-16 09:00:00Z', 'present', true, false);
INSERT INTO call_transcripts (tenant_id, dt, transcript_id, source, call_id, created_time, content_state, attributed, removed) VALUES
 ('V03', '2026-11-16', 'u1', 'adhoc', 'c9', '2026-11-16 09:00:00Z', 'present', true, false);
INSERT INTO utterances (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name, word_count, character_count, question_count) VALUES
 ('V03', '2026-11-16', 't1', 0, 23000, 24000, 'Ann', 5, 25, 0), ('V03', '2026-11-16', 't1', 1, -5000, 5000, 'Ann', 10, 50, 0), ('V03', '2026-11-16', 't1', 2, 1000, 1000, 'Bob', 1, 5, 0),
 ('V03', '2026-11-16', 't1', 3, 34001, 36001, NULL, 4, 20, 1), ('V03', '2026-11-16', 't1', 4, 2000, 3000, 'Ann', 2, 10, 0), ('V03', '2026-11-16', 't1', 5, 12000, 13000, 'Ann', 3, 15, 0),
 ('V03', '2026-11-16', 't1', 6, 34001, 35001, 'Ann', 6, 30, 0),
 ('V03', '2026-11-16', 't2', 0, 0, 6000, 'Cat', NULL, 40, 0), ('V03', '2026-11-16', 't2', 1, 6000, 12000, 'Dan', 12, 60, 0), ('V03', '2026-11-16', 't2', 2, 6000, 12000, 'Eve', 6, 30, 0),
 ('V03', '2026-11-16', 't2', 3, 7000, 9000, 'Cat', 8, 40, 0),
 ('V03', '2026-11-16', 't7', 0, 0, 100000, 'Gus', 1, 5, 0), ('V03', '2026-11-16', 't7', 1, 10000, 20000, 'Hal', 1, 5, 0), ('V03', '2026-11-16', 't7', 2, 30000, 40000, 'Gus', 1, 5, 0),
 ('V03', '2026-11-16', 't7', 3, 32000, 34000, 'Gus', 1, 5, 0), ('V03', '2026-11-16', 't7', 4, 50000, 51000, 'Gus', 1, 5, 0), ('V03', '2026-11-16', 't7', 5, 61001, 62000, 'Gus', 1, 5, 0),
 ('V03', '2026-11-16', 't3', 0, 0, 1000, NULL, 2, 10, 0), ('V03', '2026-11-16', 't3', 1, 3000, 4000, NULL, 2, 10, 1), ('V03', '2026-11-16', 't4', 0, 0, 1000, 'Ann', 2, 10, 0);
INSERT INTO call_utterances (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name, word_count, character_count, question_count) VALUES
 ('V03', '2026-11-16', 'u1', 0, 5, 5, 'Fay', 1, 5, 0);
SELECT transcript_id, speaker, utterances, turns, talk_ms, round(talk_share_percent, 2), longest_monologue_ms, words, utterances_without_words, words_per_minute, questions FROM metric_speech WHERE tenant_id = 'V03' ORDER BY transcript_id, speaker;
-- = t1, Ann, 5, 3, 13000, 86.67, 22000, 26, 0, 120, 0
-- = t1, Bob, 1, 1, 0, 0, 0, 1, 0, NULL, 0
-- = t1, unknown, 1, 1, 2000, 13.33, 2000, 4, 0, 120, 1
-- = t2, Cat, 2, 2, 8000, 40, 6000, NULL, 1, NULL, 0
-- = t2, Dan, 1, 1, 6000, 30, 6000, 12, 0, 120, 0
-- = t2, Eve, 1, 1, 6000, 30, 6000, 6, 0, 60, 0
-- = t4, Ann, 1, 1, 1000, 100, 1000, 2, 0, 120, 0
-- = t7, Gus, 5, 3, 100000, 90.91, 100000, 5, 0, 3, 0
-- = t7, Hal, 1, 1, 10000, 9.09, 10000, 1, 0, 6, 0
-- = u1, Fay, 1, 1, 0, NULL, 0, 1, 0, NULL, 0

-- example V04
-- the rows of V03
SELECT transcript_id, source, call_id, attributed, utterances, speakers, turns, length_ms, speech_ms, silence_ms, round(silence_percent, 2), longest_silence_ms, talked_over_ms, words, questions FROM metric_conversations WHERE tenant_id = 'V03' ORDER BY transcript_id;
-- = t1, scheduled, NULL, 1, 7, 3, 5, 41001, 14000, 27001, 65.85, 10001, 1000, 31, 1
-- = t2, scheduled, NULL, 1, 4, 3, 4, 12000, 12000, 0, 0, 0, 8000, NULL, 0
-- = t3, scheduled, NULL, 0, 2, NULL, NULL, 4000, 2000, 2000, 50, 2000, NULL, 4, 1
-- = t4, scheduled, NULL, 1, 1, 1, 1, 1000, 1000, 0, 0, 0, 0, 2, 0
-- = t5, scheduled, NULL, 1, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0
-- = t7, scheduled, NULL, 1, 6, 2, 4, 100000, 100000, 0, 0, 0, 10000, 6, 0
-- = u1, adhoc, c9, 1, 1, 1, 1, 0, 0, 0, NULL, 0, 0, 1, 0

-- example V05
-- Also: an attendance of another session of the series, an id of another tenant, an id that differs between two lists, a guest
-- without account in the call record, two of one name in the directory, guests and others of it, ids that Graph gave.
INSERT INTO transcripts (tenant_id, dt, transcript_id, source, meeting_id, call_id, organizer_user_id, created_time, end_time, content_state, attributed) VALUES
 ('V05', '2026-11-16', 't1', 'scheduled', 'm1', 'c1', 'org', '2026-11-16 09:00:00Z', '2026-11-16 09:30:00Z', 'present', true),
 ('V05', '2026-11-16', 't2', 'scheduled', 'm2', NULL, 'org', '2026-11-16 09:00:00Z', '2026-11-16 09:30:00Z', 'present', false);
INSERT INTO utterances (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name, speaker_user_id)
 SELECT 'V05', DATE '2026-11-16', t, i, i * 1000, i * 1000 + 500, n, u FROM (VALUES
 ('t1', 0, 'Ann Ek', NULL), ('t1', 1, 'Bob Orr', NULL), ('t1', 2, 'Cat Lind (Guest)', NULL), ('t1', 3, 'Dan Wood', NULL), ('t1', 4, 'Eve Holm', NULL), ('t1', 5, 'Fay Moss', NULL),
 ('t1', 6, 'Gus Hill', NULL), ('t1', 7, 'Hal Reed (Guest)', NULL), ('t1', 8, 'Ida Lake', NULL), ('t1', 9, 'Kim Dale', NULL), ('t1', 10, 'Lou Park (Guest)', NULL),
 ('t1', 11, 'Mia Voss (Guest)', NULL), ('t1', 12, 'Org Prime', NULL), ('t1', 13, NULL, NULL), ('t1', 14, 'erased', NULL), ('t1', 15, 'Noa Ray', NULL),
 ('t1', 16, 'Pia Lund', 'pia'), ('t1', 17, 'Pia Lund', NULL), ('t1', 18, 'Rex Sand', 'rex'), ('t1', 19, 'Rex Sand', 'rex2'), ('t1', 20, 'Ann Ek', NULL), ('t1', 21, 'Sol Vik (Guest)', NULL), ('t2', 0, NULL, NULL)) AS v (t, i, n, u);
INSERT INTO attendance_reports (tenant_id, dt, report_id, meeting_id, organizer_user_id, meeting_start_time, meeting_end_time) VALUES
 ('V05', '2026-11-16', 'r1', 'm1', 'org', '2026-11-16 08:59:00Z', '2026-11-16 09:35:00Z'), ('V05', '2026-11-15', 'r0', 'm1', 'org', '2026-11-15 08:59:00Z', '2026-11-15 09:35:00Z'),
 ('V05', '2026-11-16', 'r2', 'm2', 'org', '2026-11-16 08:59:00Z', '2026-11-16 09:35:00Z');
INSERT INTO attendance_records (tenant_id, dt, report_id, attendance_index, identity_id, display_name, identity_tenant_id) VALUES
 ('V05', '2026-11-16', 'r1', 0, 'ann', 'Ann Ek', 'V05'), ('V05', '2026-11-16', 'r1', 1, 'ann', 'Ann Ek', 'V05'), ('V05', '2026-11-16', 'r1', 2, 'bob1', 'Bob Orr', 'V05'), ('V05', '2026-11-16', 'r1', 3, 'bob2', 'Bob Orr', 'V05'),
 ('V05', '2026-11-16', 'r1', 4, NULL, 'Cat Lind', NULL), ('V05', '2026-11-16', 'r1', 5, 'erased', 'Fay Moss', 'V05'), ('V05', '2026-11-16', 'r1', 6, 'gus', 'Gus Hill', 'V05'),
 ('V05', '2026-11-16', 'r1', 7, 'hal', 'Hal Reed', 'fabrikam'), ('V05', '2026-11-15', 'r0', 0, 'dan9', 'Dan Wood', 'V05'), ('V05', '2026-11-16', 'r2', 0, 'noa', 'Noa Ray', 'V05');
INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, identity_kind, user_id, user_display_name, user_tenant_id, guest_display_name) VALUES
 ('V05', '2026-11-15', 'c1', 0, 'user', 'dan', 'Dan Wood', 'V05', NULL), ('V05', '2026-11-15', 'c1', 1, 'user', 'ann', 'Ann Ek', 'V05', NULL),
 ('V05', '2026-11-15', 'c1', 2, 'user', 'gus2', 'Gus Hill', 'V05', NULL), ('V05', '2026-11-15', 'c1', 3, 'guest', NULL, NULL, NULL, 'Ida Lake (Guest)'),
 ('V05', '2026-11-16', 'c2', 0, 'user', 'noa', 'Noa Ray', 'V05', NULL);
INSERT INTO users_current (tenant_id, picture_date, user_id, display_name, user_type)
 SELECT 'V05', DATE '2026-11-17', u, n, k FROM (VALUES
 ('ann', 'Ann Ek', 'Member'), ('ann2', 'Ann Ek', 'Member'), ('dan', 'Dan Wood', 'Member'), ('eve', 'Eve Holm', 'Member'), ('kim1', 'Kim Dale', 'Member'), ('kim2', 'Kim Dale', 'Member'),
 ('lou', 'Lou Park', 'Member'), ('mia', 'Mia Voss', 'Guest'), ('mia2', 'Mia Voss', 'Member'), ('sol', 'Sol Vik', 'Guest'), ('org', 'Org Prime', 'Member')) AS v (u, n, k);
SELECT speaker, source, matched_by, user_id, user_tenant_id FROM transcript_speakers WHERE tenant_id = 'V05' ORDER BY speaker;
-- = Ann Ek, scheduled, attendance_unique, ann, V05
-- = Bob Orr, scheduled, ambiguous, NULL, NULL
-- = Cat Lind (Guest), scheduled, anonymous, NULL, NULL
-- = Dan Wood, scheduled, participant_unique, dan, V05
-- = Eve Holm, scheduled, directory_unique, eve, V05
-- = Fay Moss, scheduled, anonymous, NULL, NULL
-- = Gus Hill, scheduled, ambiguous, NULL, NULL
-- = Hal Reed (Guest), scheduled, attendance_unique, hal, fabrikam
-- = Ida Lake, scheduled, anonymous, NULL, NULL
-- = Kim Dale, scheduled, ambiguous, NULL, NULL
-- = Lou Park (Guest), scheduled, none, NULL, NULL
-- = Mia Voss (Guest), scheduled, ambiguous, NULL, NULL
-- = Noa Ray, scheduled, none, NULL, NULL
-- = Org Prime, scheduled, organizer_unique, org, V05
-- = Pia Lund, scheduled, transcript, pia, NULL
-- = Rex Sand, scheduled, ambiguous, NULL, NULL
-- = Sol Vik (Guest), scheduled, directory_unique, sol, V05
-- = erased, scheduled, none, NULL, NULL
-- = unknown, scheduled, none, NULL, NULL

-- example V06
-- the rows of V03 and V05, as all of them
INSERT INTO recordings (tenant_id, dt, recording_id, source, content_correlation_id, created_time) VALUES ('V06', '2026-11-16', 'r1', 'scheduled', 'x1', '2026-11-16 09:00:00Z');
INSERT INTO call_recordings (tenant_id, dt, recording_id, source, call_id, created_time) VALUES ('V06', '2026-11-16', 'r2', 'adhoc', 'c1', '2026-11-16 09:00:00Z');
SELECT source, count(*) AS rows FROM (SELECT source FROM all_transcripts WHERE tenant_id = 'V03' UNION ALL SELECT source FROM all_utterances WHERE tenant_id = 'V03' UNION ALL SELECT source FROM all_recordings WHERE tenant_id = 'V06') AS a GROUP BY source ORDER BY source;
-- = adhoc, 3
-- = scheduled, 28

-- example V07
-- Also: whom Graph has as two records, who was erased, whose record has no stay and whose has none that can be, and a session that is in nobody's calendar and no call.
INSERT INTO attendance_reports (tenant_id, dt, report_id, meeting_id, organizer_user_id, join_web_url, meeting_start_time, meeting_end_time) VALUES
 ('V07', '2026-11-16', 'r1', 'm1', 'ann', 'https://m/1', '2026-11-16 09:00:00Z', '2026-11-16 09:30:00Z'), ('V07', '2026-11-16', 'r2', 'm1', 'ann', 'https://m/1', '2026-11-16 15:00:00Z', NULL);
INSERT INTO attendance_records (tenant_id, dt, report_id, attendance_index, identity_id, display_name, identity_tenant_id, role, total_seconds) VALUES
 ('V07', '2026-11-16', 'r1', 0, 'ann', 'Ann', NULL, 'Organizer', 1152), ('V07', '2026-11-16', 'r1', 1, NULL, '+41', NULL, 'Attendee', 120), ('V07', '2026-11-16', 'r1', 2, 'bob', 'Bob', 'V07', 'Attendee', 60),
 ('V07', '2026-11-16', 'r1', 3, 'bob', 'Bob', 'V07', 'Presenter', 60), ('V07', '2026-11-16', 'r1', 4, 'erased', NULL, NULL, NULL, NULL), ('V07', '2026-11-16', 'r2', 0, 'cat', 'Cat', 'V07', 'None', 10);
INSERT INTO attendance_intervals (tenant_id, dt, report_id, attendance_index, interval_index, join_time, leave_time) VALUES
 ('V07', '2026-11-16', 'r1', 0, 0, '2026-11-16 09:00:00Z', '2026-11-16 09:06:55Z'), ('V07', '2026-11-16', 'r1', 0, 1, '2026-11-16 09:20:00Z', '2026-11-16 09:25:10Z'), ('V07', '2026-11-16', 'r1', 0, 2, '2026-11-16 09:08:00Z', '2026-11-16 09:15:07Z'),
 ('V07', '2026-11-16', 'r1', 1, 0, '2026-11-16 09:01:00Z', '2026-11-16 09:02:00Z'), ('V07', '2026-11-16', 'r1', 1, 1, '2026-11-16 09:01:30Z', '2026-11-16 09:03:00Z'),
 ('V07', '2026-11-16', 'r1', 2, 0, '2026-11-16 08:58:00Z', '2026-11-16 08:59:00Z'), ('V07', '2026-11-16', 'r1', 3, 0, '2026-11-16 08:59:00Z', '2026-11-16 09:00:00Z'),
 ('V07', '2026-11-16', 'r1', 3, 1, '2026-11-16 09:00:00Z', '2026-11-16 08:00:00Z'), ('V07', '2026-11-16', 'r2', 0, 0, '2026-11-16 15:00:00Z', '2026-11-16 15:00:10Z');
INSERT INTO calendar_events (tenant_id, dt, user_id, event_id, start_time, end_time, removed, is_cancelled, is_organizer, join_url) VALUES
 ('V07', '2026-11-16', 'ann', 'e1', '2026-11-16 08:55:00Z', '2026-11-16 09:30:00Z', false, false, true, 'https://m/1'), ('V07', '2026-11-16', 'ann', 'e2', '2026-11-16 09:00:00Z', '2026-11-16 09:30:00Z', false, true, true, 'https://m/1'),
 ('V07', '2026-11-15', 'ann', 'e0', '2026-11-15 08:55:00Z', '2026-11-15 09:30:00Z', false, false, true, 'https://m/1');
INSERT INTO calls (tenant_id, dt, call_id, start_time, end_time, join_web_url) VALUES
 ('V07', '2026-11-15', 'c0', '2026-11-15 09:00:00Z', '2026-11-15 09:30:00Z', 'https://m/1'), ('V07', '2026-11-16', 'c1', '2026-11-16 09:00:01Z', '2026-11-16 09:30:00Z', 'https://m/1'),
 ('V07', '2026-11-16', 'c2', '2026-11-16 09:29:00Z', '2026-11-16 09:40:00Z', 'https://m/1');
SELECT report_id, person_id, person_tenant_id, role, organizer_user_id, call_id, stays, seconds, records, told_seconds, join_delay_seconds, late FROM metric_attendance WHERE tenant_id = 'V07' ORDER BY report_id, person_id;
-- = r1, #1, NULL, Attendee, ann, c1, 1, 120, 1, 120, 360, 1
-- = r1, #4, NULL, unknown, ann, c1, 0, 0, 1, NULL, NULL, 0
-- = r1, ann, NULL, Organizer, ann, c1, 3, 1152, 1, 1152, 300, 0
-- = r1, bob, V07, Presenter, ann, c1, 1, 120, 2, 120, 180, 0
-- = r2, cat, V07, None, ann, NULL, 1, 10, 1, 10, 0, 0
