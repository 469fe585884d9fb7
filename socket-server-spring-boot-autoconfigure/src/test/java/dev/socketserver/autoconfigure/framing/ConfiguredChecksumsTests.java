package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.Framing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class ConfiguredChecksumsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean("bytes", Consumer.class, () -> (bytes) -> {
		})
		.withPropertyValues("socket.servers.plant.port=0", "socket.servers.plant.handler=bytes",
				"socket.servers.plant.payload=bytes");

	private static String[] properties(String keys) {
		List<String> all = new ArrayList<>();
		for (String key : keys.split(", ")) {
			all.add("socket.servers.plant.framing." + key);
		}
		return all.toArray(new String[0]);
	}

	@Test
	void aBeanIsAChecksumByItsName() {
		this.runner.withBean("ours", FrameChecksum.class, Ones::new)
			.withPropertyValues(
					properties("type=line, checksum.type=ours, checksum.form=hex, checksum.byte-order=little"))
			.run((context) -> {
				Framing framing = context.getBean(SocketServers.class).get("plant").spec().framing();
				assertThat(Frames.encode(framing, "hex:61")).isEqualTo("hex:61" + "30303031" + "0a");
			});
	}

	@Test
	void inPlaceOfAWordAPresetTakesTheTypeAlone() {
		this.runner
			.withPropertyValues(
					properties("type=jt808, checksum.type=xor8, samples=hex:7e00020000013812345678000a397e"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			type=line, checksum.type=crc16-modbas | there is no such checksum, nearest: 'crc16-modbus'
			type=line, checksum.form=hex | a checksum needs a type
			type=mllp, checksum.type=sum8 | a framing of type 'mllp' has no key 'checksum'
			type=switch, checksum.type=sum8 | a framing of type 'switch' has no key 'checksum'
			type=line, checksum.type=sum8, checksum.reply=x | is for frames that are skipped
			type=fixed, size=4, checksum.type=sum8, checksum.at=4 | no frame has a place for it there
			type=line, checksum.type=crc32, checksum.at=-2 | a checksum of 4 bytes would reach behind the payload
			type=jt808, checksum.type=xor8, samples=hex:7e00020000013812345678000a387e | checksum: expected 39, was 38
			type=line, checksum.type=sum8, checksum.on-bad=skip, samples=hex:61620a | checksum: expected 61, was 62
			""")
	void whatIsWrongFailsTheStart(String keys, String message) {
		this.runner.withPropertyValues(properties(keys))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.satisfies((failure) -> assertThat(messages(context.getStartupFailure())).contains(message)));
	}

	private static String messages(Throwable failure) {
		StringBuilder all = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			all.append(cause.getMessage()).append('\n');
		}
		return all.toString();
	}

	private static final class Ones implements FrameChecksum {

		@Override
		public int length() {
			return 2;
		}

		@Override
		public long of(byte[] bytes, int from, int to) {
			return to - from;
		}

	}

}
