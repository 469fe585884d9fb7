package dev.socketserver.framing.builder;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.codec.FixFraming;
import dev.socketserver.framing.codec.SyslogFraming;
import dev.socketserver.framing.wrapper.NamedFraming;

/**
 * The keys of each {@link FramingPreset}.
 */
final class Presets {

	private Presets() {
	}

	static Framing create(FramingPreset preset) {
		return switch (preset) {
			case SYSLOG -> new SyslogFraming();
			case MLLP -> named(preset, Framings.startEnd().start("hex:0b").end("hex:1c0d"));
			case MODBUS -> named(preset, Framings.lengthField().offset(4).width(2));
			case SMPP -> named(preset, Framings.lengthField().adjust(-4));
			case ISO8583, DNS -> named(preset, Framings.lengthField().width(2));
			case JT808 -> named(preset,
					Framings.startEnd()
						.start("hex:7e")
						.end("hex:7e")
						.escape(Escape.pairs(Escape.pair("hex:7e", "hex:7d02"), Escape.pair("hex:7d", "hex:7d01"))));
			case SLIP -> named(preset,
					Framings.delimiter()
						.delimiters("hex:c0")
						.skip("hex:c0")
						.escape(Escape.pairs(Escape.pair("hex:c0", "hex:dbdc"), Escape.pair("hex:db", "hex:dbdd"))));
			case FIX -> new FixFraming();
			case PROTOBUF -> named(preset, Framings.lengthField().encoding(LengthEncoding.VARINT).width(5));
		};
	}

	private static Framing named(FramingPreset preset, FramingBuilder<?> builder) {
		return new NamedFraming(builder.build(), preset.word(), false);
	}

}
