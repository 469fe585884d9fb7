package dev.socketserver.framing.builder;

import java.util.function.UnaryOperator;

import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.codec.FixFraming;
import dev.socketserver.framing.codec.RelpFraming;
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
			case STX_ETX -> named(preset, Framings.startEnd().start("hex:02").end("hex:03").after(1));
			case MEMCACHED -> named(preset, memcached());
			case IEC104 -> named(preset, Framings.lengthField().offset(1).width(1).sync("hex:68"));
			case DLT645 ->
				named(preset, Framings.lengthField().offset(9).width(1).adjust(2).sync("hex:68").skip("hex:fe"));
			case M_BUS -> named(preset, meterBus(UnaryOperator.identity(), UnaryOperator.identity()));
			case ONC_RPC -> named(preset, Framings.lengthField().mask("hex:7fffffff").strip(0).onSend(OnSend.PATCH));
			case SIP -> named(preset, Framings.headerBlock().lengthHeader("Content-Length", "l").skip("\\r\\n"));
			case RELP -> new RelpFraming();
		};
	}

	private static SwitchBuilder memcached() {
		return Framings.switching()
			.when("ms ", Framings.counted().word(2).when("ms").build())
			.when("VALUE ", Framings.counted().word(3).when("VALUE").build())
			.when("VA ", Framings.counted().word(1).when("VA").build())
			.otherwise(Framings.counted().word(4).when("set", "add", "replace", "append", "prepend", "cas").build());
	}

	/**
	 * Creates a preset whose checksum is verified.
	 * @param framing the framing of the preset, perhaps with further keys
	 * @param keys the checksum, whose place is known unless it is set
	 */
	static Framing checked(FramingPreset preset, Framing framing, ChecksumKeys keys) {
		InvalidFramingException.check(preset.hasChecksum(), "checksum", "set",
				"frames of '" + preset.word() + "' have no checksum whose place is known");
		return switch (preset) {
			case FIX -> keys.unlessSet(Form.DECIMAL, -1, 0, -"10=".length()).around(framing);
			case DLT645 -> keys.unlessSet(Form.BINARY, -1, 0, 0).around(framing);
			case M_BUS -> {
				InvalidFramingException.check(framing == preset.framing(), "checksum", "set",
						"each case of '" + preset.word() + "' has its own: set it before other keys");
				yield named(preset, meterBus(keys.unlessSet(Form.BINARY, -1, 4, 0)::around,
						keys.unlessSet(Form.BINARY, -1, 1, 0)::around));
			}
			default -> keys.around(framing);
		};
	}

	private static SwitchBuilder meterBus(UnaryOperator<Framing> ofLong, UnaryOperator<Framing> ofShort) {
		return Framings.switching()
			.when("hex:68....68",
					ofLong.apply(Framings.lengthField().offset(1).width(1).adjust(4).onSend(OnSend.NONE).build()))
			.when("hex:10", ofShort.apply(Framings.fixed().size(5).build()))
			.when("hex:e5", Framings.fixed().size(1).build());
	}

	private static Framing named(FramingPreset preset, FramingBuilder<?> builder) {
		return new NamedFraming(builder.build(), preset.word(), false);
	}

}
