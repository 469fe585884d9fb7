package dev.socketserver.engine.cluster.history;

import java.util.List;

import dev.socketserver.cluster.Delivery;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterHistoryTests {

	private final ClusterHistory history = new ClusterHistory();

	private void call(String frame, long at, Delivery delivery) {
		this.history.called("a", frame, at);
		this.history.outcome(frame, delivery);
	}

	private void assertViolated(String what) {
		assertThat(this.history.violations()).singleElement().asString().contains(what);
	}

	@Test
	void whatMayBeIsNoViolation() {
		call("1", 10, Delivery.WRITTEN);
		this.history.received("s1", "1");
		call("2", 10, Delivery.NODE_UNREACHABLE);
		this.history.received("s1", "2");
		call("3", 10, Delivery.GONE);
		this.history.over("s1", 11);
		this.history.called("b", "4", 12);
		this.history.killed("b");
		this.history.granted("x", "s1", 5, 1, 2);
		this.history.granted("x", "s2", 6, 3, 4);
		this.history.granted("x", "s1", 7, 1, 9);
		this.history.held("x", List.of("s2"));
		assertThat(this.history.violations()).isEmpty();
		assertThat(this.history.count(Delivery.WRITTEN)).isOne();
	}

	@Test
	void aFrameThatWasWrittenIsAtAPeer() {
		call("1", 10, Delivery.WRITTEN);
		assertViolated("is at no peer");
	}

	@Test
	void noFrameComesTwice() {
		call("1", 10, Delivery.WRITTEN);
		this.history.received("s1", "1");
		this.history.received("s1", "1");
		assertViolated("came 2 times");
	}

	@Test
	void noFrameReachesASessionThatWasReplacedBeforeTheCall() {
		this.history.over("s1", 9);
		call("1", 10, Delivery.NODE_UNREACHABLE);
		this.history.received("s1", "1");
		assertViolated("had ended before the call");
	}

	@Test
	void eachCallHasOneOutcome() {
		this.history.called("a", "1", 10);
		assertViolated("0 outcomes");
		this.history.outcome("1", Delivery.GONE);
		this.history.outcome("1", Delivery.GONE);
		assertViolated("2 outcomes");
	}

	@Test
	void tokensRise() {
		this.history.granted("x", "s1", 5, 1, 2);
		this.history.granted("x", "s2", 4, 3, 4);
		assertViolated("went from");
	}

	@Test
	void oneOwnerIsLeft() {
		this.history.held("x", List.of("s1", "s2"));
		assertViolated("Several have x");
	}

}
