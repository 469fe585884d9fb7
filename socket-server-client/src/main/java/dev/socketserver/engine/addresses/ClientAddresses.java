package dev.socketserver.engine.addresses;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleSupplier;

import dev.socketserver.CloseReason;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which address a client connects to next, and when. It is asked for each attempt, and
 * notified of what became of each, and of each connection. Times are parameters, those of
 * {@link System#nanoTime}.
 * <p>
 * Only an address that is available is chosen; while none is, the one that is due first.
 * An attempt waits for its address only: where another address is chosen, it is made at
 * once. An address that is due while others serve is probed. Not safe for use by several
 * threads: the monitor of {@code ClientConnections} guards it.
 */
public final class ClientAddresses {

	/** How often the time to fail-back is doubled at most. */
	private static final int MOST_DOUBLINGS = 6;

	private final DoubleSupplier random;

	/** Replaced as a whole. */
	private List<ClientAddress> all = List.of();

	private Select select = Select.ORDERED;

	/** After how long an earlier address takes over from a later one, if it does. */
	private @Nullable Duration failBack;

	/** Attempts that have failed since the last connection. */
	private int failures;

	/** Where the next round begins. */
	private int turn;

	/**
	 * Creates what knows the addresses of one client.
	 * @param spec has the addresses, and how one is chosen
	 * @param random returns random numbers from 0 to 1
	 */
	public ClientAddresses(ClientSpec spec, DoubleSupplier random) {
		this.random = random;
		reconfigure(spec, 0);
	}

	/**
	 * Other settings are in force. An address that stays keeps what is known of it; one
	 * that is not in the list any more is {@linkplain ClientAddress#isGone gone}.
	 * @param spec has the addresses, and how one is chosen
	 * @param nanos the time
	 * @return for each address its index before, or -1
	 */
	public int[] reconfigure(ClientSpec spec, long nanos) {
		ClientPool pool = spec.pool();
		boolean alone = spec.addresses().size() == 1 && (pool == null || pool.size() == 1);
		List<ClientAddress> before = new ArrayList<>(this.all);
		List<ClientAddress> now = new ArrayList<>();
		int[] former = new int[spec.addresses().size()];
		for (ServerAddress server : spec.addresses()) {
			ClientAddress known = before.stream()
				.filter((each) -> each.server().equals(server))
				.findFirst()
				.orElse(null);
			former[now.size()] = (known != null) ? known.index() : -1;
			if (known == null) {
				known = new ClientAddress(server, now.size(), spec, alone, this.random);
			}
			else {
				before.remove(known);
				known.reconfigure(now.size(), spec, alone, this.random, nanos);
			}
			now.add(known);
		}
		before.forEach(ClientAddress::gone);
		this.all = now;
		this.turn %= now.size();
		this.failBack = spec.failOver().failBack();
		this.select = spec.failOver().select();
		return former;
	}

	/** Forgets all: the client is started. */
	public void started() {
		this.failures = 0;
		this.turn = 0;
		for (ClientAddress each : this.all) {
			each.started();
		}
	}

	/** An operator wants the client to connect: the waits are the shortest again. */
	public void wanted() {
		for (ClientAddress each : this.all) {
			each.wanted();
		}
	}

	/** Returns how long the next attempt is to wait. */
	public long delay(long nanos) {
		return chosen(nanos).delay(nanos);
	}

	/**
	 * Returns the address of an attempt that begins now. Of that, this is to be notified.
	 * It is returned even if the attempt was to wait.
	 */
	public ClientAddress next(long nanos) {
		ClientAddress next = chosen(nanos);
		this.turn = (this.all.indexOf(next) + 1) % this.all.size();
		next.attempting();
		return next;
	}

	private ClientAddress chosen(long nanos) {
		if (this.all.size() == 1) {
			return this.all.get(0);
		}
		Comparator<ClientAddress> order = switch (this.select) {
			case ORDERED -> Comparator.comparingInt(ClientAddress::index);
			case ROUND_ROBIN -> Comparator.comparingInt(this::fromTurn);
			case LEAST_WAITING -> Comparator.comparingLong(ClientAddress::waiting).thenComparingInt(this::fromTurn);
		};
		ClientAddress chosen = this.all.stream()
			.filter((each) -> each.isAvailable() && !each.isLeft(nanos))
			.min(order)
			.orElse(null);
		return (chosen != null) ? chosen : dueFirst(nanos);
	}

	/** How far an address is behind the one whose turn it is. */
	private int fromTurn(ClientAddress address) {
		return Math.floorMod(this.all.indexOf(address) - this.turn, this.all.size());
	}

	/**
	 * None is available but those that were left. One that is being tried already is the
	 * last.
	 */
	private ClientAddress dueFirst(long nanos) {
		return this.all.stream()
			.min(Comparator.comparing(ClientAddress::isAttempting).thenComparingLong((each) -> each.delay(nanos)))
			.orElseThrow();
	}

	// Probes: attempts that only show whether an address is available.

	/**
	 * Returns those that are to be probed now, while others serve: each that is
	 * unavailable and due, and with fail-back those before the last that serves, if there
	 * is no connection to them.
	 * @param last the last of those that serve; {@code null} if none does
	 * @param nanos the time
	 * @return the addresses
	 */
	public List<ClientAddress> due(@Nullable ClientAddress last, long nanos) {
		List<ClientAddress> due = new ArrayList<>(0);
		for (ClientAddress each : this.all) {
			if (isProbed(each, last) && each.delay(nanos) == 0) {
				due.add(each);
			}
		}
		return due;
	}

	private boolean isProbed(ClientAddress address, @Nullable ClientAddress last) {
		if (address.isAttempting()) {
			return false;
		}
		if (address.isAvailable()) {
			return isKept(address, last) && !address.isOpen();
		}
		return last != null || this.all.stream().anyMatch(ClientAddress::isAvailable);
	}

	/**
	 * Returns whether the connection that a probe has made is kept, because its address
	 * may take over.
	 * @param address the address
	 * @param last the last of those that serve; {@code null} if none does
	 * @return {@code true} if so
	 */
	public boolean isKept(ClientAddress address, @Nullable ClientAddress last) {
		return this.failBack != null && last != null && last.isBehind(address);
	}

	/**
	 * Returns the first that takes over from those behind it: a connection to it has
	 * lasted for long enough.
	 * @param last the last of those that serve; {@code null} if none does
	 * @param nanos the time
	 * @return the address; {@code null} if none does
	 */
	public @Nullable ClientAddress takingOver(@Nullable ClientAddress last, long nanos) {
		for (ClientAddress each : this.all) {
			if (mayTakeOver(each, last) && untilFailBack(each, nanos) == 0) {
				return each;
			}
		}
		return null;
	}

	private boolean mayTakeOver(ClientAddress address, @Nullable ClientAddress last) {
		return isKept(address, last) && address.isAvailable() && address.isOpen();
	}

	private long untilFailBack(ClientAddress address, long nanos) {
		if (this.failBack == null) {
			return Long.MAX_VALUE;
		}
		// One that has hung up each time it was used is to prove itself for longer.
		long wanted = this.failBack.toNanos() << Math.min(address.endedSoon(), MOST_DOUBLINGS);
		return Math.max(0, wanted - address.lasted(nanos));
	}

	/**
	 * Returns when {@link #due} or {@link #takingOver} may return another, if nothing
	 * happens before that.
	 * @param last the last of those that serve; {@code null} if none does
	 * @param nanos the time
	 * @return nanoseconds from then; the most if nothing is to be waited for
	 */
	public long nextDue(@Nullable ClientAddress last, long nanos) {
		long next = Long.MAX_VALUE;
		for (ClientAddress each : this.all) {
			if (isProbed(each, last)) {
				next = Math.min(next, each.delay(nanos));
			}
			else if (mayTakeOver(each, last)) {
				next = Math.min(next, untilFailBack(each, nanos));
			}
		}
		return next;
	}

	/**
	 * A probe begins.
	 * @param address one that is due
	 */
	public void probing(ClientAddress address) {
		address.attempting();
	}

	/**
	 * A probe has led to a connection, which carries nothing.
	 * @param address its address
	 * @param link the connection
	 * @param nanos the time
	 */
	public void kept(ClientAddress address, Link link, long nanos) {
		address.connected(link, nanos);
	}

	/**
	 * A probe has failed.
	 * @param address its address
	 * @param number that of the address of its name behind those that were tried
	 * @param cause why
	 * @param nanos the time
	 */
	public void probeFailed(ClientAddress address, int number, Throwable cause, long nanos) {
		address.failed(number, cause, nanos);
	}

	// What becomes of attempts and connections.

	/** An attempt has led to a connection. */
	public void connected(ClientAddress address, Link link, long nanos) {
		this.failures = 0;
		address.connected(link, nanos);
	}

	/**
	 * An attempt has failed.
	 * @param number that of the address of its name behind those that were tried
	 * @return whether it is the first to fail since the last connection
	 */
	public boolean failed(ClientAddress address, int number, Throwable cause, long nanos) {
		address.failed(number, cause, nanos);
		return this.failures++ == 0;
	}

	/** An attempt was given up. */
	public void cancelled(ClientAddress address) {
		address.attempted();
	}

	/**
	 * A connection is lost, or closed. That is a failure of its address if this side did
	 * not want it, and nothing was received, and it did not last.
	 * @param reason why it has ended
	 * @param number that of the address of its name behind that of the connection
	 */
	public void lost(ClientAddress address, Link link, CloseReason reason, int number, long nanos) {
		address.lost(link, reason, number, nanos);
	}

	/**
	 * A connection was not ready in time, and is closed, which is a failure of its
	 * address. There is no {@link #lost} for it.
	 * @param number that of the address of its name behind that of the connection
	 * @return whether it is the first to fail since a connection was ready
	 */
	public boolean notReady(ClientAddress address, Link link, int number, Throwable cause, long nanos) {
		address.notReady(link, number, cause, nanos);
		return this.failures++ == 0;
	}

	public List<AddressStatus> statuses(long nanos) {
		return this.all.stream().map((each) -> each.status(nanos)).toList();
	}

	/** A connection, as its address knows it. Any thread; quick. */
	public interface Link {

		/** Whether it has been more than kept by a probe. */
		boolean isUsed();

		/** Whether a message was received since it was ready. */
		boolean hasReceived();

		/** Returns how much waits on it: requests, and bytes that are to be sent. */
		long waiting();

	}

}
