package dev.socketserver.examples.hl7;

import java.nio.charset.StandardCharsets;

import dev.socketserver.payload.PayloadConverter;

import org.springframework.stereotype.Component;

@Component
class Hl7Converter implements PayloadConverter<Hl7Message> {

	@Override
	public Class<Hl7Message> type() {
		return Hl7Message.class;
	}

	@Override
	public Hl7Message read(byte[] source, int offset, int length) {
		return new Hl7Message(new String(source, offset, length, StandardCharsets.ISO_8859_1));
	}

	@Override
	public byte[] write(Hl7Message message) {
		return message.text().getBytes(StandardCharsets.ISO_8859_1);
	}

}
