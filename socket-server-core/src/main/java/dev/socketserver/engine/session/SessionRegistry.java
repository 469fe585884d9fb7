package dev.socketserver.engine.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.admission.AddressKey;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.gate.Logins;
import dev.socketserver.engine.gate.ServerRates;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.engine.tap.Taps;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import dev.socketserver.operator.SessionId;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spi.IdText;
import org.jspecify.annotations.Nullable;

/**
 * The open sessions of a server, or the connections of a client, by number. Safe for use
 * by several threads; streams are weakly consistent and in the order of opening.
 */
public final class SessionRegistry {

	private static final SafeLogger logger = SafeLogger.of(SessionRegistry.class);

	private final String server;

	private final AtomicLong numbers;

	private final ConcurrentNavigableMap<Numbered, Session> sessions = new ConcurrentSkipListMap<>(new ByNumber());

	private final SessionBindings<Session> bindings;

	/**
	 * The sessions that have ended last; absent for clients, where they are not asked
	 * for.
	 */
	private final @Nullable EndedSessions ended;

	/** Absent for clients. */
	private volatile @Nullable ServerRates rates;

	/** Absent unless sessions have to log in. */
	private volatile @Nullable Logins logins;

	/** Absent unless sessions may be tapped or recorded. */
	private final @Nullable Taps taps;

	/** Is notified of the identities of sessions; absent for clients. */
	private final @Nullable SessionListener listener;

	/**
	 * Sessions that are no longer open, but of whose end listeners are still being
	 * notified.
	 */
	private final Set<Session> leaving = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a registry, of a server alone.
	 * @param server the server's name, which session ids begin with
	 */
	public SessionRegistry(String server) {
		this(server, new AtomicLong(), null, null, null);
	}

	/**
	 * Creates a registry that goes on counting.
	 * @param server the server's name, which session ids begin with
	 * @param numbers the last number that a session of that name has had
	 * @param claims decides about identities with other nodes, if there are any
	 * @param listener is notified of the identities of sessions, if anybody
	 * @param taps taps sessions, or {@code null} if none may be tapped
	 */
	public SessionRegistry(String server, AtomicLong numbers, @Nullable IdentityClaims<Session> claims,
			@Nullable SessionListener listener, @Nullable Taps taps) {
		this(server, numbers, claims, listener, taps, new EndedSessions());
	}

	private SessionRegistry(String server, AtomicLong numbers, @Nullable IdentityClaims<Session> claims,
			@Nullable SessionListener listener, @Nullable Taps taps, @Nullable EndedSessions ended) {
		this.server = server;
		this.numbers = numbers;
		this.bindings = new SessionBindings<>(claims, new BoundSessions());
		this.listener = listener;
		this.taps = taps;
		this.ended = ended;
	}

	/**
	 * Creates a registry of a client's connections: those that have ended are forgotten.
	 * @param client the client's name
	 * @param numbers the last number that a connection of that name has had
	 * @param taps taps connections, or {@code null} if none may be tapped
	 * @return the registry
	 */
	public static SessionRegistry ofClient(String client, AtomicLong numbers, @Nullable Taps taps) {
		return new SessionRegistry(client, numbers, null, null, taps, null);
	}

	/**
	 * Returns a number that no session of the server has had, nor of its predecessors.
	 * @return the number
	 */
	long nextNumber() {
		return this.numbers.incrementAndGet();
	}

	/**
	 * Returns the last number that a session has had.
	 * @return the number, 0 if there was none
	 */
	public long lastNumber() {
		return this.numbers.get();
	}

	/**
	 * Counts the open sessions of an address. Goes through all of them.
	 * @param after those with a greater number than this
	 * @param last and no greater one than this
	 * @param of which of them
	 * @param address the address
	 * @return how many there are, whose addresses have the same key
	 */
	public int count(long after, long last, Predicate<Session> of, InetAddress address) {
		Map.Entry<Numbered, Session> eldest = this.sessions.firstEntry();
		if (eldest == null || eldest.getKey().number() > last) {
			return 0;
		}
		long key = AddressKey.of(address);
		return (int) this.sessions.subMap(new Sought(after), false, new Sought(last), true)
			.values()
			.stream()
			.filter(of)
			.map(Session::remoteAddress)
			.filter((peer) -> !(peer instanceof UnixAddress) && AddressKey.of(peer.getAddress()) == key)
			.count();
	}

	/**
	 * Has sessions log in that open from now on.
	 * @param logins those that have not; {@code null} if nobody has to
	 */
	public void logins(@Nullable Logins logins) {
		this.logins = logins;
	}

	/**
	 * Returns how many sessions are not logged in.
	 * @return the number
	 */
	public int unauthenticated() {
		Logins asked = this.logins;
		return (asked != null) ? asked.count() : 0;
	}

	/**
	 * Limits how fast the peers of sessions may send.
	 * @param rates how fast
	 */
	public void rates(ServerRates rates) {
		ServerRates former = this.rates;
		this.rates = rates;
		if (former != null && (former.rates() != null || rates.rates() != null)) {
			stream().forEach((session) -> session.input().rates(former.rates(), rates.rates()));
		}
	}

	/**
	 * Other settings are in force: limits how fast peers may send, and has sessions log
	 * in, by these. Sessions that are open have to log in, too.
	 * @param spec what the server is made from now
	 * @param counters count what happens
	 * @param timer has time pass
	 */
	public void reconfigure(ServerSpec spec, ServerCounters counters, ScheduledExecutorService timer) {
		ServerRates present = this.rates;
		if (present == null || !present.areOf(spec)) {
			rates(new ServerRates(spec, counters, timer, NanoTime.SYSTEM));
		}
		Logins asked = this.logins;
		Login login = spec.gate().login();
		if (login == null) {
			// First: else some would be left out still, and not be counted.
			if (asked != null) {
				asked.end();
			}
			logins(null);
		}
		else if (asked != null) {
			asked.reconfigure(spec, () -> alreadyLoggedIn(login.by()));
		}
		else {
			Logins made = new Logins(spec, counters, timer, NanoTime.SYSTEM);
			// In this order: who opens meanwhile is asked by one of both.
			logins(made);
			stream().forEach((session) -> askLater(session, made));
		}
	}

	/** Who has got before what is a login now has logged in. */
	private void alreadyLoggedIn(LoginBy by) {
		stream().filter((session) -> isLoggedIn(session, by)).forEach((session) -> loggedIn(session, by));
	}

	private static boolean isLoggedIn(Session session, LoginBy by) {
		return (by == LoginBy.IDENTITY) ? SessionBindings.isBound(session) : session.principal() != null;
	}

	/** Has an open session log in, unless it has done so. */
	private void askLater(Session session, Logins asked) {
		// Not before it is open, nor while what it was sent is decoded.
		session.state().connection().executeLater(() -> {
			boolean stays = this.sessions.containsKey(session) && !session.end().isSettled();
			if (stays && session.input().room().login() == null && !isLoggedIn(session, asked.by())) {
				ask(session, asked);
			}
		});
	}

	private void ask(Session session, Logins asked) {
		LoginPhase login = opened(session, asked, System.nanoTime() - session.openedNanos());
		if (login == null) {
			return;
		}
		session.input().room().makeGate().login(login);
		// It may have done so just before. Whoever changes that later sees that it has
		// to.
		if (isLoggedIn(session, asked.by())) {
			loggedIn(session, asked.by());
		}
		if (!this.sessions.containsKey(session)) {
			login.ended();
		}
	}

	private static @Nullable LoginPhase opened(Session session, Logins asked, long age) {
		return asked.opened(session, !session.spec().unframed(), session::abort, (by) -> isLoggedIn(session, by), age);
	}

	/** Replaces how fast the peer of a session may send. */
	void rate(Session session, @Nullable String messages, @Nullable String bytes) {
		// Also for a client, which has none: what cannot be read is refused there, too.
		Rate ofMessages = (messages != null) ? Rate.messages(messages) : null;
		Rate ofBytes = (bytes != null) ? Rate.bytes(bytes) : null;
		ServerRates common = this.rates;
		if (common != null) {
			session.input().rates(common.rates(ofMessages, ofBytes));
		}
	}

	/** A session opens. On its loop. */
	void add(Session session) {
		// Before others can find it: they send nothing to it until it is logged in.
		Logins asked = this.logins;
		LoginPhase login = (asked != null) ? opened(session, asked, 0) : null;
		if (login != null) {
			session.input().room().makeGate().login(login);
		}
		this.sessions.put(session, session);
		// Others may be in force since then, and have gone through the sessions before.
		Logins present = this.logins;
		if (present != null && present != asked) {
			askLater(session, present);
		}
		ServerRates common = this.rates;
		SessionRates rates = (common != null) ? common.rates() : null;
		if (rates != null) {
			session.input().room().makeGate().rates(rates);
		}
		if (this.taps != null) {
			this.taps.opened(session);
		}
	}

	void remove(Session session) {
		// In this order: at any time it is either open or among those that have ended.
		remember(session);
		this.bindings.end(session);
		this.leaving.add(session);
		this.sessions.remove(session);
		// Behind that: whoever asks it for a login looks afterwards whether it is there.
		LoginPhase login = session.input().room().login();
		if (login != null) {
			login.ended();
		}
	}

	private void remember(Session session) {
		if (this.ended == null) {
			return;
		}
		Taps known = this.taps;
		try {
			EndedSessions.Ended remembered = this.ended.entry(new Snapshots(session).ended());
			if (known != null) {
				known.ended(session.state().tapped(), session.end().status(),
						(recording) -> remembered.recorded(recording, known));
			}
			// With what was recorded of it, unless that is still being masked.
			this.ended.add(remembered);
		}
		catch (Throwable ex) {
			// A session must end also if there is no memory for a copy of it.
			logger.warn("Session {} has ended, and cannot be listed among the ended sessions", session.id(), ex);
			if (known != null) {
				known.forget(session.state().tapped());
			}
		}
	}

	void notified(Session session) {
		this.leaving.remove(session);
	}

	/** The application says who the peer of a session is. */
	void authenticate(Session session, Principal principal) {
		checkUsable("The name of a principal", principal.getName(), session);
		SessionBindings.authenticate(session, principal);
		loggedIn(session, LoginBy.PRINCIPAL);
	}

	/** If the session has yet to log in, that has failed with an unusable text. */
	private static void checkUsable(String what, @Nullable String text, Session session) {
		String problem = (text != null) ? IdText.problem(text) : null;
		if (problem != null) {
			String message = what + " must not have " + problem;
			session.loginFailed(message);
			throw UnusableIdentityException.of(message);
		}
	}

	/**
	 * Whether a session has no identity, and no principal says who its peer is.
	 * @param session the session
	 * @return {@code false} once it is bound or authenticated
	 */
	public boolean isStranger(Session session) {
		return SessionBindings.isStranger(session);
	}

	/** Binds a session to an identity; returns whether it has it now. */
	boolean bind(Session session, String type, String id, BindPolicy policy) {
		checkUsable("The type of an identity", type, session);
		checkUsable("An identity", id, session);
		return this.bindings.bind(session, new SessionBindings.Identity(type, id), policy);
	}

	private static void loggedIn(Session session, LoginBy by) {
		SessionGate gate = session.input().room().gate();
		if (gate != null) {
			gate.loggedIn(by);
		}
	}

	/**
	 * Whether the calling thread is running user code of one of the sessions, so that not
	 * all of them can end before it returns.
	 * @return {@code true} on the lane or in the call of a blocking handler of one
	 */
	public boolean runsHere() {
		return Stream.concat(stream(), this.leaving.stream()).anyMatch(Session::runsHere);
	}

	/**
	 * Returns a session.
	 * @param id the id
	 * @return the session, or empty
	 */
	public Optional<Session> find(String id) {
		SessionId sought = SessionId.parse(id);
		return (sought != null && sought.server().equals(this.server))
				? Optional.ofNullable(this.sessions.get(new Sought(sought.number()))) : Optional.empty();
	}

	/**
	 * Binds a session to an identity, as far as sessions of this node are concerned.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param policy what happens to others that have it
	 * @param token the token
	 * @return whether it has it now
	 */
	public boolean bindHere(Session session, String type, String id, BindPolicy policy, long token) {
		return this.bindings.bindHere(session, new SessionBindings.Identity(type, id), policy, token);
	}

	/**
	 * Takes an identity from a session, without notifying other nodes.
	 * @param session the session
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	public void unbindHere(Session session, String type, String id) {
		this.bindings.unbindHere(session, new SessionBindings.Identity(type, id));
	}

	/** Returns what the sessions are bound to and which groups they have joined. */
	SessionBindings<Session> bindings() {
		return this.bindings;
	}

	/**
	 * Returns the sessions that have an identity, those that are closing too.
	 * @param type what kind of identity
	 * @param id which one
	 * @return the sessions, the oldest first
	 */
	public List<Session> bound(String type, String id) {
		return this.bindings.bound(new SessionBindings.Identity(type, id));
	}

	/**
	 * Returns the sessions of a group, those that are closing too.
	 * @param name the group's name
	 * @return the sessions, weakly consistent, in no particular order
	 */
	public Stream<Session> group(String name) {
		return this.bindings.group(name);
	}

	/**
	 * Returns all sessions.
	 * @return the sessions
	 */
	public Stream<Session> stream() {
		return this.sessions.values().stream();
	}

	/**
	 * Returns how many frames wait for the handlers of all sessions.
	 * @return the number of frames
	 */
	public long pendingInbound() {
		return stream().mapToLong((session) -> session.invoker().pendingFrames()).sum();
	}

	/**
	 * Returns how many bytes of all sessions have not left.
	 * @return the number of bytes
	 */
	public long pendingBytes() {
		return stream().mapToLong((session) -> session.outbox().pendingBytes()).sum();
	}

	/**
	 * Returns the last sessions that have ended.
	 * @return at most 100 of them, the one that ended last at the end
	 */
	public List<EndedSession> ended() {
		return (this.ended != null) ? this.ended.list() : List.of();
	}

	/**
	 * Remembers a connection that was refused.
	 * @param listener the name of the listener by which it came
	 * @param peer who has connected
	 * @param reason why it was refused
	 * @param detail more about that, or {@code null}
	 */
	public void refused(String listener, InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		if (this.ended != null) {
			this.ended.add(new RefusedConnection(this.server, listener, peer, reason, new EndedText().detail(detail),
					Instant.now()));
		}
	}

	/**
	 * Returns the last connections that were refused.
	 * @return at most 100 of them, the one that was refused last at the end
	 */
	public List<RefusedConnection> refused() {
		return (this.ended != null) ? this.ended.refused() : List.of();
	}

	/**
	 * Something with a number by which it is found. Sessions are the keys of their map
	 * themselves, so that none needs another object for that.
	 */
	interface Numbered {

		/** The number, which no two of a registry share. */
		long number();

	}

	/**
	 * Not the natural order: sessions would be cast to two interfaces in turn, for which
	 * the JVM has one place, which all threads share (JDK-8180450).
	 */
	private static final class ByNumber implements Comparator<Numbered> {

		@Override
		public int compare(Numbered one, Numbered other) {
			return Long.compare(one.number(), other.number());
		}

	}

	/** A key to look a session up by its number. */
	private record Sought(long number) implements Numbered {
	}

	/**
	 * Notifies of the identities that sessions have got. No lambda: that would load the
	 * class of sessions at the start.
	 */
	private final class BoundSessions implements BiConsumer<Session, SessionBindings.Identity> {

		@Override
		public void accept(Session session, SessionBindings.Identity identity) {
			// First, so that who is notified may send it what is for those logged in.
			loggedIn(session, LoginBy.IDENTITY);
			if (SessionRegistry.this.taps != null) {
				SessionRegistry.this.taps.bound(session);
			}
			if (SessionRegistry.this.listener != null) {
				SessionRegistry.this.listener.bound(session, identity.type(), identity.id());
			}
		}

	}

}
