package dev.socketserver.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.FastThreadLocal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the buffer that the connections of a loop are read into, where the loop is the
 * thread of the test.
 */
class LoopBuffersTests {

	private final RecvByteBufAllocator.ExtendedHandle reads = (RecvByteBufAllocator.ExtendedHandle) LoopBuffers.INPUT
		.newHandle();

	@AfterEach
	void loopEnds() {
		FastThreadLocal.removeAll();
	}

	private ByteBuf allocate() {
		return this.reads.allocate(ByteBufAllocator.DEFAULT);
	}

	@Test
	void whatHasBeenReadMakesRoomForTheNextRead() {
		ByteBuf first = allocate();
		first.writeByte('x').release();

		ByteBuf next = allocate();
		assertThat(next).isSameAs(first);
		assertThat(next.isReadable()).isFalse();
		next.release();
	}

	@Test
	void whatSomebodyKeepsIsNotReadOver() {
		ByteBuf kept = allocate().writeByte('x');

		ByteBuf next = allocate().writeByte('y');

		assertThat(kept.getByte(0)).isEqualTo((byte) 'x');
		assertThat(kept.release()).as("no one else holds it").isTrue();
		next.release();
	}

	@Test
	void everyBufferGoesWithItsLoop() {
		ByteBuf input = allocate();
		input.release();
		ByteBuf output = LoopBuffers.get().output();

		FastThreadLocal.removeAll();

		assertThat(input.refCnt()).isZero();
		assertThat(output.refCnt()).isZero();
	}

	@Test
	void connectionThatAlwaysHasMoreLetsOthersHaveTheirTurn() {
		EmbeddedChannel channel = new EmbeddedChannel();
		this.reads.reset(channel.config());
		int count = 0;
		do {
			this.reads.attemptedBytesRead(LoopBuffers.BYTES);
			this.reads.lastBytesRead(LoopBuffers.BYTES);
			this.reads.incMessagesRead(1);
			count++;
		}
		while (this.reads.continueReading() && count < 1000);
		this.reads.readComplete();

		assertThat(count).isEqualTo(16);
		channel.finishAndReleaseAll();
	}

}
