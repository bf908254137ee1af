package schemas

import "slices"

var callMedia = Table{
	Name: "call_media",
	Doc:  "A row per medium of a segment, as its audio or its video, with device and network of both sides.",
	Each: "sessions[].segments[].media[]",
	Key:  []string{"call_id", "session_id", "session_index", "segment_id", "media_index"},
	Columns: slices.Concat(
		ofCall,
		[]Column{
			ofSession, ofSegment,
			{Name: "media_index", Path: "#", Type: Int32, Doc: "Position in the segment, from 0."},
			{Name: "label", Path: "label", Type: Enum, Doc: "How the medium was named when it was negotiated, as main-audio."},
		},
		device("caller"), network("caller"),
		device("callee"), network("callee"),
		[]Column{sessionIndex},
	),
}

// device is the columns of one side's microphone, camera and loudspeaker. Their names often hold
// their owner's; drivers are products. Ratios are parts of the call, from 0 to 1.
func device(side string) []Column {
	at, prefix := Path(side)+"Device.", side+"_"
	return []Column{
		{Name: prefix + "capture_device_name", Path: at + "captureDeviceName", Type: String, Personal: true, Quasi: true, Doc: "Capture device of the " + side + "."},
		{Name: prefix + "capture_device_driver", Path: at + "captureDeviceDriver", Type: String, Quasi: true, Doc: "Driver of the " + side + "'s capture device."},
		{Name: prefix + "render_device_name", Path: at + "renderDeviceName", Type: String, Personal: true, Quasi: true, Doc: "Render device of the " + side + "."},
		{Name: prefix + "render_device_driver", Path: at + "renderDeviceDriver", Type: String, Quasi: true, Doc: "Driver of the " + side + "'s render device."},
		{Name: prefix + "capture_not_functioning_event_ratio", Path: at + "captureNotFunctioningEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s capture device did not work."},
		{Name: prefix + "render_not_functioning_event_ratio", Path: at + "renderNotFunctioningEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s render device did not work."},
		{Name: prefix + "render_mute_event_ratio", Path: at + "renderMuteEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s render device was muted."},
		{Name: prefix + "render_zero_volume_event_ratio", Path: at + "renderZeroVolumeEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s volume was 0."},
		// Graph misspells the property.
		{Name: prefix + "cpu_insufficient_event_ratio", Path: at + "cpuInsufficentEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s processor was too slow for the audio."},
		{Name: prefix + "device_clipping_event_ratio", Path: at + "deviceClippingEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s captured audio was clipped."},
		{Name: prefix + "device_glitch_event_ratio", Path: at + "deviceGlitchEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s audio had glitches or gaps."},
		{Name: prefix + "low_speech_level_event_ratio", Path: at + "lowSpeechLevelEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + " was too quiet."},
		{Name: prefix + "low_speech_to_noise_event_ratio", Path: at + "lowSpeechToNoiseEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s speech was hard to tell from noise."},
		{Name: prefix + "howling_event_count", Path: at + "howlingEventCount", Type: Int32, Doc: "How often the " + side + "'s audio howled."},
		{Name: prefix + "mic_glitch_rate", Path: at + "micGlitchRate", Type: Float64, Doc: "Glitches of the " + side + "'s microphone in 5 minutes."},
		{Name: prefix + "speaker_glitch_rate", Path: at + "speakerGlitchRate", Type: Float64, Doc: "Glitches of the " + side + "'s loudspeaker in 5 minutes."},
		{Name: prefix + "initial_signal_level_root_mean_square", Path: at + "initialSignalLevelRootMeanSquare", Type: Float64, Doc: "Signal that reached the " + side + " in the first 30 seconds, as root mean square."},
		{Name: prefix + "sent_signal_level", Path: at + "sentSignalLevel", Type: Int32, Doc: "Mean level of the speech that the " + side + " sent."},
		{Name: prefix + "sent_noise_level", Path: at + "sentNoiseLevel", Type: Int32, Doc: "Mean level of the noise that the " + side + " sent."},
		{Name: prefix + "received_signal_level", Path: at + "receivedSignalLevel", Type: Int32, Doc: "Mean level of the speech that the " + side + " received."},
		{Name: prefix + "received_noise_level", Path: at + "receivedNoiseLevel", Type: Int32, Doc: "Mean level of the noise that the " + side + " received."},
	}
}

// network is the columns of one side's connection. Addresses say where a person is.
func network(side string) []Column {
	at, prefix := Path(side)+"Network.", side+"_"
	return []Column{
		{Name: prefix + "connection_type", Path: at + "connectionType", Type: Enum, Doc: "Connection of the " + side + ": wired, wifi, mobile or tunnel."},
		{Name: prefix + "network_transport_protocol", Path: at + "networkTransportProtocol", Type: Enum, Doc: "Transport of the " + side + ": udp or tcp."},
		{Name: prefix + "ip_address", Path: at + "ipAddress", Type: String, Personal: true, Doc: "Address of the " + side + "."},
		{Name: prefix + "port", Path: at + "port", Type: Int32, Quasi: true, Doc: "Port of the " + side + "."},
		{Name: prefix + "subnet", Path: at + "subnet", Type: String, Personal: true, Doc: "Subnet of the " + side + "."},
		{Name: prefix + "reflexive_ip_address", Path: at + "reflexiveIPAddress", Type: String, Personal: true, Doc: "Address of the " + side + " as the relay sees it, usually the public one."},
		{Name: prefix + "relay_ip_address", Path: at + "relayIPAddress", Type: String, Doc: "Address of the relay that the " + side + " used."},
		{Name: prefix + "relay_port", Path: at + "relayPort", Type: Int32, Doc: "Port of the relay that the " + side + " used."},
		{Name: prefix + "mac_address", Path: at + "macAddress", Type: String, Personal: true, Doc: "Hardware address of the " + side + "'s network device; 02:00:00:00:00:00 where the system hides it."},
		{Name: prefix + "dns_suffix", Path: at + "dnsSuffix", Type: String, Quasi: true, Doc: "DNS suffix of the " + side + "'s network adapter."},
		// 4294967295, which is all bits set, is kept: Graph does not say that it means unknown.
		{Name: prefix + "link_speed", Path: at + "linkSpeed", Type: Int64, Quasi: true, Doc: "Link speed of the " + side + " in bits per second; 4294967295 probably means unknown."},
		{Name: prefix + "bandwidth_low_event_ratio", Path: at + "bandwidthLowEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + " had too little bandwidth."},
		{Name: prefix + "delay_event_ratio", Path: at + "delayEventRatio", Type: Float64, Doc: "Part of the call in which the " + side + "'s delay was too long to talk."},
		{Name: prefix + "received_quality_event_ratio", Path: at + "receivedQualityEventRatio", Type: Float64, Doc: "Part of the call in which the network spoiled what the " + side + " heard."},
		{Name: prefix + "sent_quality_event_ratio", Path: at + "sentQualityEventRatio", Type: Float64, Doc: "Part of the call in which the network spoiled what the " + side + " sent."},
		{Name: prefix + "basic_service_set_identifier", Path: at + "basicServiceSetIdentifier", Type: String, Personal: true, Doc: "Wireless access point of the " + side + " (BSSID)."},
		{Name: prefix + "wifi_band", Path: at + "wifiBand", Type: Enum, Quasi: true, Doc: "WiFi band of the " + side + ", as frequency50GHz."},
		{Name: prefix + "wifi_radio_type", Path: at + "wifiRadioType", Type: Enum, Quasi: true, Doc: "WiFi radio of the " + side + ", as wifi80211ax."},
		{Name: prefix + "wifi_channel", Path: at + "wifiChannel", Type: Int32, Quasi: true, Doc: "WiFi channel of the " + side + "."},
		{Name: prefix + "wifi_signal_strength", Path: at + "wifiSignalStrength", Type: Int32, Quasi: true, Doc: "WiFi signal of the " + side + " in percent."},
		{Name: prefix + "wifi_battery_charge", Path: at + "wifiBatteryCharge", Type: Int32, Quasi: true, Doc: "Battery of the " + side + "'s device in percent."},
		{Name: prefix + "wifi_microsoft_driver", Path: at + "wifiMicrosoftDriver", Type: String, Quasi: true, Doc: "Microsoft's WiFi driver on the " + side + "'s device, in the device's language."},
		{Name: prefix + "wifi_microsoft_driver_version", Path: at + "wifiMicrosoftDriverVersion", Type: String, Quasi: true, Doc: "Version of Microsoft's WiFi driver on the " + side + "'s device."},
		{Name: prefix + "wifi_vendor_driver", Path: at + "wifiVendorDriver", Type: String, Quasi: true, Doc: "Vendor's WiFi driver on the " + side + "'s device, in the device's language."},
		{Name: prefix + "wifi_vendor_driver_version", Path: at + "wifiVendorDriverVersion", Type: String, Quasi: true, Doc: "Version of the vendor's WiFi driver on the " + side + "'s device."},
		{Name: prefix + "trace_route_hops", Path: at + "traceRouteHops", Type: JSON, Personal: true, Doc: "Hops of the " + side + "'s route, with addresses and round-trip times."},
	}
}
