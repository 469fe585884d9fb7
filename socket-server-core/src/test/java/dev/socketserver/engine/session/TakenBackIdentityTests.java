package dev.socketserver.engine.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.BindPolicy;
import dev.socketserver.engine.session.SessionBindings.Identity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A session that takes an identity back while another one takes it over: one of them has
 * it in the end, and is not closed.
 */
class TakenBackIdentityTests {

	private static final Identity IDENTITY = new Identity("device", "4711");

	private final SessionBindings<Claiming> bindings = new SessionBindings<>(null, (session, identity) -> {
	});

	private final List<Claiming> closed = new ArrayList<>();

	private boolean bind(Claiming session, BindPolicy policy) {
		return this.bindings.bindHere(session, IDENTITY, policy, 1);
	}

	@Test
	void whoHasTakenItBackBeforeItIsClosedKeepsIt() {
		Claiming first = new Claiming(0);
		Claiming back = new Claiming(1);
		Claiming next = new Claiming(2);
		bind(first, BindPolicy.ALLOW);
		bind(back, BindPolicy.ALLOW);
		first.meanwhile = () -> assertThat(bind(back, BindPolicy.REPLACE)).isTrue();

		bind(next, BindPolicy.REPLACE);

		assertThat(this.bindings.bound(IDENTITY)).containsExactly(back);
		assertThat(this.closed).containsExactlyInAnyOrder(first, next);
	}

	@Test
	void whoIsAboutToBeClosedCannotTakeItBack() {
		Claiming first = new Claiming(0);
		Claiming next = new Claiming(1);
		bind(first, BindPolicy.REPLACE);
		first.meanwhile = () -> assertThat(bind(first, BindPolicy.REPLACE)).isFalse();

		assertThat(bind(next, BindPolicy.REPLACE)).isTrue();

		assertThat(this.bindings.bound(IDENTITY)).containsExactly(next);
		assertThat(this.closed).containsExactly(first);
	}

	/** A session that is bound, and does nothing else. */
	private final class Claiming implements Bindable {

		private final long number;

		/** Is done right before it is closed. */
		private Runnable meanwhile = () -> {
		};

		private SessionBindings.@Nullable Memberships memberships;

		Claiming(long number) {
			this.number = number;
		}

		@Override
		public long number() {
			return this.number;
		}

		@Override
		public String id() {
			return "test-" + this.number;
		}

		@Override
		public boolean closing() {
			return TakenBackIdentityTests.this.closed.contains(this);
		}

		@Override
		public InetSocketAddress remoteAddress() {
			return new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) this.number);
		}

		@Override
		public void replaced(String type, String id, String by, @Nullable InetSocketAddress address) {
			this.meanwhile.run();
			TakenBackIdentityTests.this.closed.add(this);
		}

		@Override
		public SessionBindings.@Nullable Memberships memberships() {
			return this.memberships;
		}

		@Override
		public void memberships(SessionBindings.@Nullable Memberships next) {
			this.memberships = next;
		}

	}

}
