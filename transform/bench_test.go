package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
)

// A batch is flushed at about this size, as a run does.
const batchBytes = 16 << 20

// BenchmarkTransform fills the six tables of calls from meetings of ten people.
func BenchmarkTransform(b *testing.B) {
	plan := planOf(b, "call_records")
	builder := plan.NewBuilder(memory.DefaultAllocator)
	defer builder.Release()
	record := []byte(meeting(10))
	var rows int64
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		if err := builder.Append(record); err != nil {
			b.Fatal(err)
		}
		if builder.Size() < batchBytes {
			continue
		}
		for _, batch := range builder.Flush() {
			rows += batch.NumRows()
			batch.Release()
		}
	}
	for i := range plan.tables {
		rows += builder.Rows(i)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func planOf(tb testing.TB, dataset string) *Plan {
	tb.Helper()
	d, ok := schemas.BuiltIn().Find(dataset)
	if !ok {
		tb.Fatalf("no dataset %s", dataset)
	}
	plan, err := Compile(d.Read().Tables)
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

func TestAppendDoesNotAllocate(t *testing.T) {
	plan := planOf(t, "call_records")
	builder := plan.NewBuilder(memory.DefaultAllocator)
	defer builder.Release()
	record := []byte(meeting(10))
	appendSome := func(n int) {
		for range n {
			if err := builder.Append(record); err != nil {
				t.Fatal(err)
			}
		}
	}
	// What else runs in the process may allocate meanwhile, so that one of three tries has to be clean.
	var allocated float64
	for range 3 {
		appendSome(60)
		for _, batch := range builder.Flush() {
			batch.Release()
		}
		appendSome(20) // the columns have room for 60 now, as they had before
		if allocated = testing.AllocsPerRun(1, func() { appendSome(20) }); allocated == 0 {
			return
		}
	}
	t.Errorf("%v allocations in 20 records, want none", allocated)
}

// meeting is a record of a meeting in which every person had a session with a segment of two media.
func meeting(people int) string {
	var sessions, participants []string
	for i := range people {
		participants = append(participants, fmt.Sprintf(`{"id":%[1]q,"administrativeUnitInfos":[],"identity":{"endpointType":"default","phone":null,"guest":null,"user":{"id":%[1]q,"displayName":"Person %[2]d","tenantId":"7e4a0001-0000-4000-8000-0000000000aa","userPrincipalName":"person%[2]d@contoso.example"}}}`, guid(i), i))
		segment := fmt.Sprintf(`{"startDateTime":"2026-11-22T09:15:02.1234567Z","endDateTime":"2026-11-22T10:17:05.7654321Z","id":%q,"failureInfo":null,%s,"media":[%s,%s]}`, guid(i+200), endpoints(i), medium(i, "main-audio"), medium(i, "main-video"))
		sessions = append(sessions, fmt.Sprintf(`{"modalities":["audio","video"],"startDateTime":"2026-11-22T09:15:02.1234567Z","endDateTime":"2026-11-22T10:17:05.7654321Z","id":%q,"isTest":false,"failureInfo":null,%s,"segments":[%s]}`, guid(i+100), endpoints(i), segment))
	}
	return fmt.Sprintf(`{"version":2,"type":"groupCall","modalities":["audio","video"],"lastModifiedDateTime":"2026-11-22T10:30:00.25Z","startDateTime":"2026-11-22T09:15:00.1Z","endDateTime":"2026-11-22T10:18:00Z","id":%q,"joinWebUrl":"https://teams.example/l/meetup-join/19%%3ameeting_abc%%40thread.v2/0","organizer_v2":%s,"participants_v2":[%s],"sessions":[%s]}`,
		guid(900), participants[0], strings.Join(participants, ","), strings.Join(sessions, ","))
}

func guid(i int) string { return fmt.Sprintf("5e550000-1111-4222-8333-%012x", i) }

func endpoints(i int) string {
	return fmt.Sprintf(`"caller":{"@odata.type":"#microsoft.graph.callRecords.participantEndpoint","userAgent":{"@odata.type":"#microsoft.graph.callRecords.clientUserAgent","headerValue":"ExampleClient/26.10.1 (Windows; x64)","applicationVersion":"26.10.1","platform":"windows","productFamily":"teams","communicationServiceId":null,"azureADAppId":null},"associatedIdentity":{"id":%q,"displayName":"Person %[2]d","tenantId":"7e4a0001-0000-4000-8000-0000000000aa","userPrincipalName":"person%[2]d@contoso.example"},"name":"CONTOSO-LT-%[2]d","cpuName":"Example Core 7","cpuCoresCount":8,"cpuProcessorSpeedInMhz":2800,"feedback":null},"callee":{"@odata.type":"#microsoft.graph.callRecords.serviceEndpoint","userAgent":{"@odata.type":"#microsoft.graph.callRecords.serviceUserAgent","headerValue":"ExampleMcu/3","applicationVersion":"3.1","role":"mediaController"}}`, guid(i), i)
}

func medium(i int, label string) string {
	device := `{"captureDeviceName":"Headset (Example 20)","captureDeviceDriver":"example: 10.0.1","renderDeviceName":"Headset (Example 20)","renderDeviceDriver":"example: 10.0.1","sentSignalLevel":-19,"receivedSignalLevel":-14,"receivedNoiseLevel":-68,"initialSignalLevelRootMeanSquare":60.25,"cpuInsufficentEventRatio":0.0078125,"deviceClippingEventRatio":0,"deviceGlitchEventRatio":0.125,"howlingEventCount":0,"lowSpeechLevelEventRatio":null,"lowSpeechToNoiseEventRatio":null,"micGlitchRate":23.5,"speakerGlitchRate":3830,"renderMuteEventRatio":0.25,"renderNotFunctioningEventRatio":0,"renderZeroVolumeEventRatio":0,"captureNotFunctioningEventRatio":0,"sentNoiseLevel":-67}`
	network := fmt.Sprintf(`{"connectionType":"wifi","networkTransportProtocol":"udp","wifiBand":"frequency50GHz","wifiRadioType":"wifi80211ax","ipAddress":"10.20.30.%d","subnet":"10.20.30.0","port":50011,"reflexiveIPAddress":"203.0.113.77","relayIPAddress":"198.51.100.9","relayPort":3478,"macAddress":"02-00-00-00-00-00","dnsSuffix":null,"linkSpeed":866700000,"bandwidthLowEventRatio":0,"delayEventRatio":0.0625,"receivedQualityEventRatio":0.03125,"sentQualityEventRatio":0,"basicServiceSetIdentifier":"0a-1b-2c-3d-4e-5f","wifiMicrosoftDriver":"Example Adapter","wifiMicrosoftDriverVersion":"10.0.26100.1","wifiVendorDriver":"Example WLAN 7","wifiVendorDriverVersion":"23.5.0.6","wifiChannel":36,"wifiSignalStrength":81,"wifiBatteryCharge":64,"traceRouteHops":[]}`, i)
	stream := func(direction string) string {
		return fmt.Sprintf(`{"streamId":"11001100%d","streamDirection":%q,"startDateTime":"2026-11-22T09:15:03.1234567Z","endDateTime":"2026-11-22T10:17:05.1Z","audioCodec":"satinFullband","videoCodec":null,"packetUtilization":186150,"averageBandwidthEstimate":9965083,"wasMediaBypassed":false,"isAudioForwardErrorCorrectionUsed":true,"averageAudioDegradation":null,"averagePacketLossRate":0.015625,"maxPacketLossRate":0.2514,"postForwardErrorCorrectionPacketLossRate":0,"averageRatioOfConcealedSamples":0.0019531,"maxRatioOfConcealedSamples":0.5,"averageJitter":"PT0.016S","maxJitter":"PT0.021S","averageAudioNetworkJitter":"PT0.043S","maxAudioNetworkJitter":"PT1.046S","averageRoundTripTime":"PT0.061S","maxRoundTripTime":"PT0.183S","averageVideoFrameRate":null,"averageReceivedFrameRate":null,"lowFrameRateRatio":null,"averageVideoFrameLossPercentage":null,"averageVideoPacketLossRate":null,"averageFreezeDuration":null,"rmsFreezeDuration":null,"lowVideoProcessingCapabilityRatio":null}`, i, direction)
	}
	return fmt.Sprintf(`{"label":%q,"callerNetwork":%s,"calleeNetwork":%s,"callerDevice":%s,"calleeDevice":null,"streams":[%s,%s]}`, label, network, network, device, stream("callerToCallee"), stream("calleeToCaller"))
}
