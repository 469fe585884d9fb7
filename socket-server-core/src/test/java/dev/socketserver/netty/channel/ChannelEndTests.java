package dev.socketserver.netty.channel;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What each step of the end of a connection says once, and what it leaves open.
 */
class ChannelEndTests {

	private final ChannelEnd end = new ChannelEnd();

	@Test
	void sessionIsNotifiedOfEachEndOnce() {
		assertThat(this.end.endInput()).isTrue();
		assertThat(this.end.endInput()).isFalse();
		assertThat(this.end.end()).isTrue();
		assertThat(this.end.end()).isFalse();
	}

	@Test
	void inputIsDroppedOnceAndNotAfterTheConnection() {
		assertThat(this.end.dropInput()).isTrue();
		assertThat(this.end.dropInput()).isFalse();
		ChannelEnd gone = new ChannelEnd();
		gone.end();
		assertThat(gone.dropInput()).isFalse();
	}

	@Test
	void firstFailureCounts() {
		IOException first = new IOException("first");
		assertThat(this.end.failure()).isNull();
		assertThat(this.end.fail(first)).isSameAs(first);
		assertThat(this.end.fail(new IOException("second"))).isSameAs(first);
		assertThat(this.end.failure()).isSameAs(first);
	}

	@Test
	void connectionIsShutWhenBothSidesAre() {
		this.end.shutInput();
		assertThat(this.end.isShut()).isFalse();
		this.end.shutOutput();
		assertThat(this.end.isShut()).isTrue();
		assertThat(this.end.isInputEnded()).as("with TLS each direction has an end of its own").isFalse();
	}

	@Test
	void endIsUnexplainedUntilOneSideOrAFailureSaysWhy() {
		assertThat(this.end.isUnexplained()).isTrue();
		this.end.shutOutput();
		assertThat(this.end.isUnexplained()).isTrue();
		this.end.shutInput();
		assertThat(this.end.isUnexplained()).isFalse();
		ChannelEnd failed = new ChannelEnd();
		failed.fail(new IOException());
		assertThat(failed.isUnexplained()).isFalse();
	}

	@Test
	void floodIsReadNoFurtherUntilSomethingIsToBeSent() {
		assertThat(this.end.readsAgain()).isFalse();
		assertThat(this.end.countDiscarded(LingeringClose.MOST_DISCARDED - 1)).isFalse();
		assertThat(this.end.countDiscarded(1)).isTrue();
		assertThat(this.end.readsAgain()).isTrue();
		assertThat(this.end.countDiscarded(LingeringClose.MOST_DISCARDED - 1)).as("counted anew").isFalse();
	}

}
