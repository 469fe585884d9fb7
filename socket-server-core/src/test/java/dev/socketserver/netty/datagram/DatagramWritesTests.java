package dev.socketserver.netty.datagram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.framing.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which memory the datagrams of a loop have that have not left.
 */
class DatagramWritesTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final List<ByteBuf> copies = new ArrayList<>();

	@AfterEach
	void close() {
		this.copies.forEach(ByteBuf::release);
		this.channel.close();
	}

	private ByteBuf copy(String text) {
		byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
		OutputBytes bytes = new OutputBytes(payload, 0);
		bytes.encode(Framing.raw(), payload);
		ByteBuf copy = DatagramWrites.get().copy(bytes, this.channel);
		this.copies.add(copy);
		return copy;
	}

	private void release(ByteBuf copy) {
		this.copies.remove(copy);
		copy.release();
	}

	/** What a copy is a part of. */
	private static ByteBuf memory(ByteBuf copy) {
		ByteBuf memory = copy;
		while (memory.unwrap() != null) {
			memory = memory.unwrap();
		}
		return memory;
	}

	private static String text(ByteBuf copy) {
		return copy.toString(StandardCharsets.US_ASCII);
	}

	@Test
	void eachHasItsOwnPartUntilAllHaveLeft() {
		ByteBuf first = copy("first");
		ByteBuf second = copy("second");
		release(first);
		ByteBuf third = copy("third");
		assertThat(text(second)).isEqualTo("second");
		assertThat(text(third)).isEqualTo("third");
		assertThat(memory(third)).isSameAs(memory(second));
		int used = memory(third).writerIndex();
		release(second);
		release(third);
		assertThat(memory(copy("again")).writerIndex()).isLessThan(used);
	}

	@Test
	void whatHasNoRoomHasMemoryOfItsOwn() {
		String half = "x".repeat(40_000);
		ByteBuf first = copy(half);
		ByteBuf second = copy("y".repeat(40_000));
		ByteBuf third = copy("short");
		assertThat(memory(third)).isSameAs(memory(first)).isNotSameAs(memory(second));
		assertThat(text(first)).isEqualTo(half);
		assertThat(text(second)).isEqualTo("y".repeat(40_000));
		assertThat(text(third)).isEqualTo("short");
		release(first);
		release(third);
		assertThat(text(copy("z".repeat(65_507)))).isEqualTo("z".repeat(65_507));
		assertThat(text(second)).isEqualTo("y".repeat(40_000));
	}

}
