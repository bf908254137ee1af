package views

import (
	"slices"
	"strings"

	"graphlake/schemas"
)

// A Short is a view of a wide one: the same rows with the columns that most questions need. A condition on it reaches the same files.
type Short struct {
	Of      string // the wide view
	Columns []string
}

// Name is that of the view.
func (s Short) Name() string { return s.Of + "_short" }

// Table is the table that it has rows of.
func (s Short) Table() string { return strings.TrimSuffix(s.Of, currentSuffix) }

// Shorts are all of them: of each table with more than forty columns one, of pictures for the newest.
func Shorts() []Short {
	stream := []string{"call_id", "session_id", "session_index", "segment_id", "media_index"}
	return []Short{
		{"calls", []string{
			"call_id", "start_time", "end_time", "duration_seconds", "call_kind", "direction", "outcome", "is_test", "modalities", "join_web_url",
			"organizer_id", "organizer_kind", "organizer_user_display_name", "session_count", "member_count", "outsider_count", "phone_count",
		}},
		{"call_sessions", slices.Concat(
			[]string{"call_id", "session_id", "session_index", "start_time", "end_time", "is_test", "failure_stage", "failure_reason", "modalities"},
			bothSides("identity_id", "tenant_id", "display_name", "platform", "product_family", "service_role", "feedback_rating"),
		)},
		{"call_segments", slices.Concat(
			[]string{"call_id", "session_id", "session_index", "segment_id", "start_time", "end_time", "failure_stage", "failure_reason"},
			bothSides("identity_id", "tenant_id", "display_name", "platform", "service_role"),
		)},
		{"call_media", slices.Concat(stream, []string{"label"}, bothSides(
			"capture_device_name", "render_device_name", "connection_type", "network_transport_protocol", "subnet", "reflexive_ip_address",
			"link_speed", "wifi_band", "wifi_signal_strength",
		))},
		{"call_media_streams", slices.Concat(stream, []string{
			"stream_index", "start_time", "end_time", "is_test", "stream_direction", "medium", "cqd_class", "cri_poor", "packet_utilization",
			"average_packet_loss_rate", "average_jitter_ms", "average_round_trip_time_ms", "average_video_frame_rate", "average_video_frame_loss_percentage",
			"sender_identity_id", "sender_tenant_id", "sender_platform", "sender_connection_type", "sender_subnet", "sender_wifi_band", "sender_capture_device",
			"receiver_identity_id", "receiver_tenant_id", "receiver_platform", "receiver_connection_type", "receiver_subnet", "receiver_wifi_band", "receiver_render_device",
		})},
		{"users" + currentSuffix, []string{
			"user_id", "display_name", "user_principal_name", "mail", "business_phone", "user_type", "account_enabled", "department", "job_title",
			"manager_id", "company_name", "employee_type", "office_location", "city", "country", "usage_location", "created_time",
		}},
	}
}

// bothSides are columns of the caller and then of the callee.
func bothSides(names ...string) (all []string) {
	for _, side := range []string{"caller_", "callee_"} {
		for _, n := range names {
			all = append(all, side+n)
		}
	}
	return all
}

// shorts are the statements that make those of views that are there.
func shorts(d metricDialect, viewed map[string]bool) (statements []string) {
	for _, s := range Shorts() {
		_, t, ok := schemas.BuiltIn().FindTable(s.Table())
		if !ok || !viewed[s.Of] {
			continue
		}
		doc, ofPath := t.Doc, date
		if s.Of != t.Name {
			doc, ofPath = currentDoc(t), pictureDate
		}
		var query []string
		for _, c := range slices.Concat(s.Columns, []string{tenantID.Name, ofPath.Name}) {
			query = append(query, d.name(c))
		}
		statements = append(statements, d.view(s.Name(), doc+" With the columns that most questions need.", "SELECT\n"+list(query)+"FROM "+d.name(s.Of))...)
	}
	return statements
}
