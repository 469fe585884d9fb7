package dev.socketserver.netty.listen;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptSwitchTests {

	private final EmbeddedChannel listener = new EmbeddedChannel();

	private final AcceptGate gate = new AcceptGate();

	@BeforeEach
	void doesNotAcceptYet() {
		this.listener.config().setAutoRead(false);
		this.gate.guard(new AcceptSwitch(this.gate, this.listener));
	}

	@AfterEach
	void close() {
		this.listener.finishAndReleaseAll();
	}

	@Test
	void isClosedUntilTheServerIsAnnounced() {
		assertThat(this.listener.config().isAutoRead()).isFalse();
		this.gate.release(Reason.UNANNOUNCED);
		assertThat(this.listener.config().isAutoRead()).isTrue();
		assertThat(this.gate.isOpen()).isTrue();
	}

	@Test
	void opensWhenTheLastReasonIsReleasedWhateverTheOrder() {
		this.gate.release(Reason.UNANNOUNCED);
		this.gate.hold(Reason.FULL);
		this.gate.hold(Reason.PAUSED);
		assertThat(this.listener.config().isAutoRead()).isFalse();
		this.gate.release(Reason.FULL);
		assertThat(this.listener.config().isAutoRead()).isFalse();
		assertThat(this.gate.isHeldFor(Reason.PAUSED)).isTrue();
		assertThat(this.gate.isHeldFor(Reason.FULL)).isFalse();
		this.gate.release(Reason.PAUSED);
		assertThat(this.listener.config().isAutoRead()).isTrue();
	}

	@Test
	void whatIsSaidTwiceCountsOnce() {
		this.gate.release(Reason.UNANNOUNCED);
		this.gate.hold(Reason.PAUSED);
		this.gate.hold(Reason.PAUSED);
		this.gate.release(Reason.PAUSED);
		assertThat(this.listener.config().isAutoRead()).isTrue();
		this.gate.release(Reason.PAUSED);
		assertThat(this.listener.config().isAutoRead()).isTrue();
	}

	@Test
	void followsAFactThatMayChangeBothWays() {
		this.gate.release(Reason.UNANNOUNCED);
		AtomicBoolean full = new AtomicBoolean(true);
		this.gate.set(Reason.FULL, full::get);
		assertThat(this.listener.config().isAutoRead()).isFalse();
		full.set(false);
		this.gate.set(Reason.FULL, full::get);
		assertThat(this.listener.config().isAutoRead()).isTrue();
	}

	@Test
	void aNewListenerIsHeldForTheSameReasons() {
		this.gate.release(Reason.UNANNOUNCED);
		this.gate.hold(Reason.HEALING);
		EmbeddedChannel successor = new EmbeddedChannel();
		successor.config().setAutoRead(false);
		this.gate.guard(new AcceptSwitch(this.gate, successor));
		assertThat(successor.config().isAutoRead()).isFalse();
		this.gate.release(Reason.HEALING);
		assertThat(successor.config().isAutoRead()).isTrue();
		assertThat(this.listener.config().isAutoRead()).isFalse();
		successor.finishAndReleaseAll();
	}

}
