package dev.socketserver.framing.wrapper;

import java.nio.ByteOrder;
import java.util.stream.Stream;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeartbeatFramingTests {

	static Stream<Framing> possible() {
		return Stream.of(Framing.lengthField().build(), Framing.lengthField().width(2).adjust(-2).build(),
				Framing.lengthField().byteOrder(ByteOrder.LITTLE_ENDIAN).build(),
				Framing.lengthField().encoding(LengthEncoding.VARINT).build(),
				Framing.lengthField()
					.encoding(LengthEncoding.DECIMAL)
					.terminator(":")
					.after(new byte[] { ',' })
					.build(),
				Framing.lengthField().zero(ZeroLength.IGNORE).build(), Framing.lengthField().switchable(true).build(),
				Framing.lengthField().skip("0A").build(),
				Framing.lengthField().escape(Escape.mark(0x7D, 0x20)).build());
	}

	static Stream<Framing> impossible() {
		return Stream.of(Framing.raw(), Framing.line(), Framing.fixed(4), Framing.headerBlock(),
				Framing.lengthField().zero(ZeroLength.ECHO).build(), Framing.lengthField().offset(1).build(),
				Framing.lengthField().onSend(OnSend.NONE).build(), Framing.lengthField().after(2).build(),
				// The payload that is received has the length in it.
				Framing.lengthField().strip(0).build());
	}

	@ParameterizedTest
	@MethodSource("possible")
	void framingHasAnEmptyFrameThatBecomesNothing(Framing framing) throws FramingException {
		assertThat(HeartbeatFraming.problem(framing)).isNull();
		HeartbeatFraming beating = new HeartbeatFraming(framing);
		CollectedOutput out = new CollectedOutput();
		beating.encode(HeartbeatFraming.BEAT, out);
		beating.encode(HeartbeatFraming.BEAT, out);
		beating.encode(new byte[] { 'a' }, out);
		beating.encode(HeartbeatFraming.BEAT, out);
		byte[] bytes = out.toByteArray();
		FrameInput in = new FrameInput();
		FrameDecoder decoder = beating.decoder(100);
		int frames = 0;
		for (int i = 0; i <= bytes.length; i++) {
			in.reset(bytes, in.position(), i);
			while (decoder.next(in)) {
				frames++;
				assertThat(in.array()[in.frameStart()]).isEqualTo((byte) 'a');
			}
		}
		assertThat(frames).isOne();
		assertThat(in.remaining()).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> beating.encode(new byte[0], new CollectedOutput()));
	}

	@ParameterizedTest
	@MethodSource("impossible")
	void framingWithoutHarmlessEmptyFramesHasNoHeartbeats(Framing framing) {
		assertThat(HeartbeatFraming.problem(framing)).contains("framing '" + framing.type() + "'");
	}

	@Test
	void presetsHaveHeartbeatsIfTheyHaveEmptyFrames() {
		assertThat(HeartbeatFraming.problem(FramingPreset.PROTOBUF.framing())).isNull();
		assertThat(HeartbeatFraming.problem(FramingPreset.MODBUS.framing())).isNotNull();
		assertThat(HeartbeatFraming.problem(FramingPreset.SYSLOG.framing())).contains("syslog");
	}

}
