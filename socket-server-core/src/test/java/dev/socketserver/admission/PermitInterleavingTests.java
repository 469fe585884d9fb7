package dev.socketserver.admission;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Places that several threads take and give back, in every order that Lincheck finds in
 * the time it has: never more than there are, and none is lost.
 */
@EnabledIfSystemProperty(named = "socketserver.soak", matches = "true",
		disabledReason = "Lincheck changes all classes that are loaded, which takes half a minute")
class PermitInterleavingTests {

	private static final int MAX = 2;

	@ParameterizedTest
	@ValueSource(classes = { OfServer.class, OfAddress.class })
	void thereAreNeverMoreThanTheLimit(Class<?> model) {
		Interleavings.controlled(model);
	}

	/** Takes and gives back as connections do. */
	public abstract static class Model {

		/** How many places each thread has. */
		private final AtomicIntegerArray has = new AtomicIntegerArray(8);

		private final AtomicInteger held = new AtomicInteger();

		private volatile boolean tooMany;

		abstract boolean tryAcquire();

		abstract void release();

		abstract int taken();

		@Operation
		public void take(@Param(gen = ThreadIdGen.class) int thread) {
			if (tryAcquire()) {
				if (this.held.incrementAndGet() > MAX) {
					this.tooMany = true;
				}
				this.has.incrementAndGet(thread);
			}
		}

		@Operation
		public void giveBack(@Param(gen = ThreadIdGen.class) int thread) {
			if (this.has.get(thread) > 0) {
				this.has.decrementAndGet(thread);
				// Before, so that no other thread can be seen to have it too.
				this.held.decrementAndGet();
				release();
			}
		}

		@Validate
		public void allAreAccountedFor() {
			int left = 0;
			for (int thread = 0; thread < this.has.length(); thread++) {
				left += this.has.get(thread);
			}
			if (this.tooMany || taken() != left) {
				throw new IllegalStateException(taken() + " places are taken, by connections " + left
						+ (this.tooMany ? ", and there were too many" : ""));
			}
		}

	}

	public static class OfServer extends Model {

		private final SessionLimit limit = new SessionLimit();

		@Override
		boolean tryAcquire() {
			return this.limit.tryAcquire(MAX);
		}

		@Override
		void release() {
			this.limit.release();
		}

		@Override
		int taken() {
			return this.limit.taken();
		}

	}

	public static class OfAddress extends Model {

		private final InetAddress address = InetAddress.getLoopbackAddress();

		private final AddressLimit limit = new AddressLimit();

		@Override
		boolean tryAcquire() {
			return this.limit.tryAcquire(this.address, MAX);
		}

		@Override
		void release() {
			this.limit.release(this.address);
		}

		@Override
		int taken() {
			return this.limit.taken(this.address);
		}

	}

}
