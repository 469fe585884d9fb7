package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

	private static final Pattern PIECE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|[0-9a-f]+");

	static List<ProtocolSample> all() throws IOException {
		try (InputStream file = ProtocolSample.class.getResourceAsStream("/protocols.txt")) {
			return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
		}
	}

	private static List<ProtocolSample> parse(List<String> lines) {
		Map<String, Map<String, List<String>>> protocols = new LinkedHashMap<>();
		Map<String, List<String>> current = new LinkedHashMap<>();
		for (String line : lines) {
			if (line.startsWith("\t")) {
				String[] words = line.strip().split(" +", 2);
				current.computeIfAbsent(words[0], (word) -> new ArrayList<>())
					.add(words[0].equals("outcome") ? words[1] : hex(words[1]));
			}
			else if (!line.isBlank() && !line.startsWith("#")) {
				current = new LinkedHashMap<>();
				protocols.put(line, current);
			}
		}
		List<ProtocolSample> samples = new ArrayList<>();
		protocols.forEach((name, bytes) -> {
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

	private static String hex(String pieces) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		Matcher piece = PIECE.matcher(pieces);
		while (piece.find()) {
			String text = piece.group(1);
			bytes.writeBytes((text != null) ? ByteValues.parse(text.replace("\\\"", "\""))
					: HexFormat.of().parseHex(piece.group()));
		}
		return HexFormat.of().formatHex(bytes.toByteArray());
	}

}
