package dev.socketserver.cluster.message;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import dev.socketserver.cluster.directory.NodeId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MessageCodecTests {

	private static final NodeId A = new NodeId("a", "1");

	private static final NodeId B = new NodeId("b", "2");

	private final MessageCodec plain = new MessageCodec(null);

	private final MessageCodec signed = new MessageCodec("secret");

	private static Message message() {
		return new Message(Message.Kind.SEND, 42, A, 7,
				new Fields().with(Fields.SERVER, "chat").with(Fields.TOKEN, 4711L).with(99, "of a newer version"));
	}

	@Test
	void readsWhatItHasWritten() {
		for (MessageCodec codec : new MessageCodec[] { this.plain, this.signed }) {
			Message read = codec.read(codec.write(message(), B), B);
			assertThat(read.kind()).isEqualTo(Message.Kind.SEND);
			assertThat(read.id()).isEqualTo(42);
			assertThat(read.from()).isEqualTo(A);
			assertThat(read.deadline()).isEqualTo(7);
			assertThat(read.fields().text(Fields.SERVER)).isEqualTo("chat");
			assertThat(read.fields().number(Fields.TOKEN)).isEqualTo(4711);
		}
	}

	@Test
	void aNodeWithASecretIgnoresWhatIsNotSignedWithItForThatNode() {
		assertRefused(this.signed, this.plain.write(message(), B), B);
		assertRefused(this.signed, new MessageCodec("other").write(message(), B), B);
		assertRefused(this.signed, this.signed.write(message(), A), B);
		byte[] changed = this.signed.write(message(), B);
		changed[10]++;
		assertRefused(this.signed, changed, B);
	}

	@Test
	void garbageIsRefused() {
		Random random = new Random(4711);
		for (int i = 0; i < 10_000; i++) {
			byte[] bytes = this.plain.write(message(), B);
			bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
			byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
			try {
				this.plain.read(cut, B);
			}
			catch (IllegalArgumentException ex) {
				// Nothing else may be thrown.
			}
		}
		assertRefused(this.plain, new byte[1024 * 1024], B);
	}

	@Test
	void anotherVersionIsRefused() {
		byte[] bytes = this.plain.write(message(), B);
		bytes[0] = 2;
		assertThatIllegalArgumentException().isThrownBy(() -> this.plain.read(bytes, B))
			.withMessage("a message of version 2");
	}

	private static void assertRefused(MessageCodec codec, byte[] bytes, NodeId to) {
		assertThatIllegalArgumentException().isThrownBy(() -> codec.read(bytes, to));
	}

	@Test
	void eachRequestComesFirstOnce() {
		SeenRequests seen = new SeenRequests();
		Random random = new Random(4711);
		Set<Long> known = new HashSet<>();
		for (int i = 0; i < 100_000; i++) {
			long id = 1 + i / 2 + random.nextInt(1_000);
			assertThat(seen.first(A, id)).isEqualTo(known.add(id));
		}
		assertThat(seen.first(B, 1)).isTrue();
		assertThat(seen.first(A, 1_000_000)).isTrue();
		assertThat(seen.first(A, 1_000_000 - 8192)).isFalse();
		assertThat(seen.first(A, 0)).isFalse();
	}

}
