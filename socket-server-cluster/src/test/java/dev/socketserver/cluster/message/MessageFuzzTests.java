package dev.socketserver.cluster.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.socketserver.cluster.directory.NodeId;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is received over the bus of a cluster is a message or refused, and a message
 * reads back as it was written.
 */
class MessageFuzzTests {

	private static final NodeId SELF = new NodeId("b", "2");

	private final MessageCodec codec = new MessageCodec(null);

	@FuzzTest(maxDuration = "60s")
	void readsBackWhatItWrites(byte[] input) {
		Message message;
		try {
			message = this.codec.read(input, SELF);
		}
		catch (IllegalArgumentException ex) {
			return;
		}
		byte[] written = this.codec.write(message, SELF);

		assertThat(this.codec.write(this.codec.read(written, SELF), SELF)).isEqualTo(written);
	}

	@FuzzTest(maxDuration = "60s")
	void takesNothingThatIsNotSigned(byte[] input) {
		boolean taken = true;
		try {
			new MessageCodec("secret").read(input, SELF);
		}
		catch (IllegalArgumentException ex) {
			taken = false;
		}
		assertThat(taken).isFalse();
	}

}
