package dev.socketserver.examples.hl7;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.regex.Pattern;

/** A message or an acknowledgment, with one character for each byte. */
record Hl7Message(String text) {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmssZ");

	Hl7Message {
		if (!text.startsWith("MSH") || text.length() < 8) {
			throw new IllegalArgumentException("not an HL7 message");
		}
	}

	/** Returns a field of the header, MSH-10 for example, or "" if it is missing. */
	String header(int number) {
		String[] fields = this.text.split("[\r\n]", 2)[0].split(Pattern.quote(separator()), -1);
		return (number <= fields.length) ? fields[number - 1] : "";
	}

	boolean hasSegment(String name) {
		return this.text.contains("\r" + name + separator());
	}

	/** Returns the answer to this message: from its receiver, to its sender. */
	Hl7Message acknowledge(String code, String reason) {
		String time = OffsetDateTime.now().format(TIME);
		String id = UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		return new Hl7Message(segment("MSH", header(2), header(5), header(6), header(3), header(4), time, "", "ACK", id,
				header(11), header(12)) + segment("MSA", code, header(10), reason));
	}

	private String segment(String... fields) {
		return String.join(separator(), fields) + "\r";
	}

	/** MSH-1, the character behind MSH. */
	private String separator() {
		return this.text.substring(3, 4);
	}

}
