package dev.socketserver.engine.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import dev.socketserver.BindPolicy;
import dev.socketserver.engine.session.SessionBindings.Identity;
import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Sessions that claim one identity and end, in every order that Lincheck finds in the
 * time it has. One of them has it at most, whoever lost it was closed, and none that has
 * ended is in a table.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class BindingInterleavingTests {

	@Test
	void anIdentityHasOneSessionAtMost() {
		Interleavings.controlled(Model.class);
	}

	/** One session for each thread. */
	public static class Model {

		private static final Identity IDENTITY = new Identity("device", "4711");

		private final SessionBindings<Claiming> bindings = new SessionBindings<>(null, (session, identity) -> {
		});

		private final Claiming[] sessions = new Claiming[8];

		private volatile String wrong = "";

		public Model() {
			for (int i = 0; i < this.sessions.length; i++) {
				this.sessions[i] = new Claiming(i);
			}
		}

		@Operation
		public void replace(@Param(gen = ThreadIdGen.class) int thread) {
			this.bindings.bindHere(this.sessions[thread], IDENTITY, BindPolicy.REPLACE, 1);
			look();
		}

		@Operation
		public void reject(@Param(gen = ThreadIdGen.class) int thread) {
			this.bindings.bindHere(this.sessions[thread], IDENTITY, BindPolicy.REJECT, 1);
			this.bindings.join(this.sessions[thread], "group");
			look();
		}

		@Operation
		public void unbind(@Param(gen = ThreadIdGen.class) int thread) {
			this.bindings.unbindHere(this.sessions[thread], IDENTITY);
		}

		@Operation
		public void end(@Param(gen = ThreadIdGen.class) int thread) {
			this.sessions[thread].closing = true;
			this.bindings.end(this.sessions[thread]);
		}

		private void look() {
			List<Claiming> bound = this.bindings.bound(IDENTITY);
			if (bound.size() > 1) {
				this.wrong = bound.size() + " sessions have the identity";
			}
		}

		@Validate
		public void nobodyIsLeft() {
			for (Claiming session : this.sessions) {
				boolean has = this.bindings.bound(IDENTITY).contains(session);
				if (has != (this.bindings.token(session, IDENTITY) != 0)) {
					this.wrong = "a session and the table do not agree";
				}
				session.closing = true;
				this.bindings.end(session);
			}
			if (!this.bindings.isEmpty()) {
				this.wrong = "sessions that have ended are in a table";
			}
			if (!this.wrong.isEmpty()) {
				throw new IllegalStateException(this.wrong);
			}
		}

	}

	/** A session that is bound, and does nothing else. */
	private static final class Claiming implements Bindable {

		private final long number;

		private volatile boolean closing;

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
			return this.closing;
		}

		@Override
		public InetSocketAddress remoteAddress() {
			return new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) this.number);
		}

		@Override
		public void replaced(String type, String id, String by, @Nullable InetSocketAddress address) {
			this.closing = true;
		}

		@Override
		public SessionBindings.@Nullable Memberships memberships() {
			return this.memberships;
		}

		@Override
		public void memberships(SessionBindings.@Nullable Memberships memberships) {
			this.memberships = memberships;
		}

	}

}
