package dev.socketserver.framing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.socketserver.fixtures.network.ProtocolBytes;

/**
 * Real bytes of a protocol, from {@code protocols.txt}, in hexadecimal.
 *
 * @param name the protocol
 * @param received what is on the wire
 * @param payloads the payloads of it
 * @param sent what these payloads are sent as
 * @param answered what is sent back without a payload
 * @param damaged bytes with a mistake; empty if there are none
 * @param outcome what becomes of these: payloads, and then what
 * {@link FrameInputs#outcome} says
 */
record ProtocolSample(String name, String received, List<String> payloads, String sent, String answered, String damaged,
		List<String> outcome) {

	static List<ProtocolSample> all() throws IOException {
		try (InputStream file = ProtocolSample.class.getResourceAsStream("/protocols.txt")) {
			return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
		}
	}

	private static List<ProtocolSample> parse(List<String> lines) {
		List<ProtocolSample> samples = new ArrayList<>();
		ProtocolBytes.read(lines, ByteValues::parse).forEach((name, bytes) -> {
			String received = String.join("", bytes.getOrDefault("received", List.of()));
			samples.add(new ProtocolSample(name, received, bytes.getOrDefault("payload", List.of()),
					String.join("", bytes.getOrDefault("sent", List.of(received))),
					String.join("", bytes.getOrDefault("answered", List.of())),
					String.join("", bytes.getOrDefault("damaged", List.of())), outcome(bytes)));
		});
		return samples;
	}

	private static List<String> outcome(Map<String, List<String>> bytes) {
		List<String> outcome = new ArrayList<>(bytes.getOrDefault("left", List.of()));
		bytes.getOrDefault("outcome", List.of()).forEach((each) -> outcome.addAll(List.of(each.split(", "))));
		return outcome;
	}

}
