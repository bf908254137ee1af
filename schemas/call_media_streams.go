package schemas

import "slices"

// callMediaStreams has every metric of Graph's mediaStream. Most are null for most streams: audio
// has no frame rate, video no degradation, and a client that left early reported nothing.
var callMediaStreams = Table{
	Name: "call_media_streams",
	Doc:  "A row per stream of a medium: one direction, with its loss, jitter, delay and codecs.",
	Each: "sessions[].segments[].media[].streams[]",
	Key:  []string{"call_id", "session_id", "session_index", "segment_id", "media_index", "stream_index"},
	Columns: slices.Concat(
		ofCall,
		[]Column{
			ofSession, ofSegment,
			{Name: "media_index", Path: "/sessions[].segments[].media[]#", Type: Int32, Doc: "The medium of the segment, as in call_media."},
			{Name: "stream_index", Path: "#", Type: Int32, Doc: "Position in the medium, from 0."},
			{Name: "stream_id", Path: "streamId", Type: String, Doc: "Id of the stream; repeated by other streams of a call."},
			{Name: "stream_direction", Path: "streamDirection", Type: Enum, Doc: "callerToCallee or calleeToCaller."},
			{Name: "start_time", Path: "startDateTime", Type: Timestamp, Doc: "When the stream began."},
			{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the stream ended."},
			{Name: "audio_codec", Path: "audioCodec", Type: Enum, Doc: "Codec of the audio on the network."},
			{Name: "video_codec", Path: "videoCodec", Type: Enum, Doc: "Codec of the video on the network."},
			{Name: "packet_utilization", Path: "packetUtilization", Type: Int64, Doc: "Packets of the stream."},
			{Name: "average_bandwidth_estimate", Path: "averageBandwidthEstimate", Type: Int64, Doc: "Mean bandwidth between the two sides, in bits per second."},
			{Name: "was_media_bypassed", Path: "wasMediaBypassed", Type: Bool, Doc: "Whether the stream went straight to the PSTN gateway, past the Mediation Server."},
			{Name: "is_audio_forward_error_correction_used", Path: "isAudioForwardErrorCorrectionUsed", Type: Bool, Doc: "Whether forward error correction was used at any time."},
		},
		streamLoss,
		streamDelay,
		streamVideo,
		[]Column{sessionIndex},
		streamQuality,
	),
}

var streamLoss = []Column{
	{Name: "average_audio_degradation", Path: "averageAudioDegradation", Type: Float64, Doc: "Mean loss of opinion score (MOS) by the network."},
	{Name: "average_packet_loss_rate", Path: "averagePacketLossRate", Type: Float64, Doc: "Mean part of packets lost."},
	{Name: "max_packet_loss_rate", Path: "maxPacketLossRate", Type: Float64, Doc: "Greatest part of packets lost."},
	{Name: "post_forward_error_correction_packet_loss_rate", Path: "postForwardErrorCorrectionPacketLossRate", Type: Float64, Doc: "Part of packets still lost after forward error correction."},
	{Name: "average_ratio_of_concealed_samples", Path: "averageRatioOfConcealedSamples", Type: Float64, Doc: "Mean part of audio made up to conceal losses."},
	{Name: "max_ratio_of_concealed_samples", Path: "maxRatioOfConcealedSamples", Type: Float64, Doc: "Greatest part of audio made up to conceal losses."},
}

var streamDelay = []Column{
	{Name: "average_jitter_ms", Path: "averageJitter", Type: DurationMS, Doc: "Mean jitter (RFC 3550)."},
	{Name: "max_jitter_ms", Path: "maxJitter", Type: DurationMS, Doc: "Greatest jitter (RFC 3550)."},
	{Name: "average_audio_network_jitter_ms", Path: "averageAudioNetworkJitter", Type: DurationMS, Doc: "Mean jitter of the audio over windows of 20 seconds."},
	{Name: "max_audio_network_jitter_ms", Path: "maxAudioNetworkJitter", Type: DurationMS, Doc: "Greatest jitter of the audio over windows of 20 seconds."},
	{Name: "average_round_trip_time_ms", Path: "averageRoundTripTime", Type: DurationMS, Doc: "Mean round-trip time (RFC 3550)."},
	{Name: "max_round_trip_time_ms", Path: "maxRoundTripTime", Type: DurationMS, Doc: "Greatest round-trip time (RFC 3550)."},
}

var streamVideo = []Column{
	{Name: "average_video_frame_rate", Path: "averageVideoFrameRate", Type: Float64, Doc: "Mean frames a second of this video."},
	{Name: "average_received_frame_rate", Path: "averageReceivedFrameRate", Type: Float64, Doc: "Mean frames a second received over all videos."},
	{Name: "low_frame_rate_ratio", Path: "lowFrameRateRatio", Type: Float64, Doc: "Part of the call with less than 7.5 frames a second."},
	{Name: "average_video_frame_loss_percentage", Path: "averageVideoFrameLossPercentage", Type: Float64, Doc: "Mean share of frames lost as shown, in percent."},
	{Name: "average_video_packet_loss_rate", Path: "averageVideoPacketLossRate", Type: Float64, Doc: "Mean part of video packets lost."},
	{Name: "average_freeze_duration_ms", Path: "averageFreezeDuration", Type: DurationMS, Doc: "Mean length of a freeze."},
	{Name: "rms_freeze_duration_ms", Path: "rmsFreezeDuration", Type: DurationMS, Doc: "Length of a freeze as root mean square."},
	{Name: "low_video_processing_capability_ratio", Path: "lowVideoProcessingCapabilityRatio", Type: Float64, Doc: "Part of the call in which the client processed less than 70 % of the video expected."},
}
