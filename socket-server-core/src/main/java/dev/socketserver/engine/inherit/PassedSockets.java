package dev.socketserver.engine.inherit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that this process was passed, as the variables of its environment say
 * (sd_listen_fds(3)). A socket is used by one server at a time. Safe for use by several
 * threads.
 */
public final class PassedSockets {

	private static final SafeLogger logger = SafeLogger.of(PassedSockets.class);

	private static final String NUMBER = "LISTEN_FDS";

	private static final String NAMES = "LISTEN_FDNAMES";

	private static final String PROCESS = "LISTEN_PID";

	/** Behind those that every process has. */
	private static final int FIRST = 3;

	/** No unit has more. */
	private static final int MOST = 65_536;

	private final List<PassedSocket> sockets;

	/** Why there is none; {@code null} if there are some. */
	private final @Nullable String absence;

	/** What is wrong with the variables; {@code null} if nothing is. */
	private final @Nullable String defect;

	/** By descriptor, the server that uses it. Guarded by this object's monitor. */
	private final Map<Integer, String> users = new HashMap<>();

	/**
	 * Reads the variables.
	 * @param environment the variables of the environment
	 * @param pid the number of this process
	 */
	public PassedSockets(Map<String, String> environment, long pid) {
		String process = environment.get(PROCESS);
		String number = environment.get(NUMBER);
		int count = count(number);
		this.absence = absence(process, number, pid);
		this.sockets = (this.absence == null && count > 0) ? sockets(count, environment.get(NAMES)) : List.of();
		this.defect = (this.absence == null) ? defect(number, count, environment.get(NAMES)) : null;
	}

	/** Returns those of this process. */
	public static PassedSockets ofThisProcess() {
		return Process.SOCKETS;
	}

	private static @Nullable String absence(@Nullable String process, @Nullable String number, long pid) {
		if (number == null || process == null) {
			return ((number == null) ? NUMBER : PROCESS) + " is not set";
		}
		if (!process.trim().equals(Long.toString(pid))) {
			return "%s is '%s', and this process is %s".formatted(PROCESS, process, pid);
		}
		return number.trim().equals("0") ? NUMBER + " is 0" : null;
	}

	/** Returns how many there are, or -1 if the text is no such number. */
	private static int count(@Nullable String number) {
		try {
			int count = Integer.parseInt((number != null) ? number.trim() : "0");
			return (count >= 0 && count <= MOST) ? count : -1;
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	private static List<PassedSocket> sockets(int count, @Nullable String names) {
		String[] each = fits(count, names) ? Objects.requireNonNull(names).split(":", -1) : new String[0];
		List<PassedSocket> sockets = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sockets.add(new PassedSocket(FIRST + i, (i < each.length) ? each[i] : ""));
		}
		return List.copyOf(sockets);
	}

	private static boolean fits(int count, @Nullable String names) {
		return names != null && names.split(":", -1).length == count;
	}

	private static @Nullable String defect(@Nullable String number, int count, @Nullable String names) {
		if (count < 0) {
			return "%s is '%s', which is no number of descriptors".formatted(NUMBER, number);
		}
		if (names != null && !names.isEmpty() && !fits(count, names)) {
			return "%s is '%s', which does not have one name for each of the %s descriptors".formatted(NAMES, names,
					count);
		}
		return null;
	}

	/** Why there are none; {@code null} if the process was passed some. */
	public @Nullable String absence() {
		return this.absence;
	}

	/**
	 * What is wrong with the variables, so that what was meant is unknown; {@code null}
	 * if nothing is.
	 */
	public @Nullable String defect() {
		return this.defect;
	}

	/** Returns all of them. */
	public List<PassedSocket> all() {
		return this.sockets;
	}

	/**
	 * Returns those that somebody means.
	 * @param name a {@code FileDescriptorName}, which several may have, or {@code fd:}
	 * and the number of a descriptor
	 */
	public List<PassedSocket> called(String name) {
		return this.sockets.stream().filter((socket) -> socket.isCalled(name)).toList();
	}

	/**
	 * Has a server use a socket.
	 * @param socket the socket
	 * @param server the name of the server
	 * @return whether no other server uses it
	 */
	public synchronized boolean use(PassedSocket socket, String server) {
		String user = this.users.putIfAbsent(socket.descriptor(), server);
		return user == null || user.equals(server);
	}

	/** Returns the name of the server that uses a socket, or {@code null}. */
	public synchronized @Nullable String user(PassedSocket socket) {
		return this.users.get(socket.descriptor());
	}

	/** A server does not use a socket any more. */
	public synchronized void leave(PassedSocket socket, String server) {
		this.users.remove(socket.descriptor(), server);
	}

	/**
	 * Warns of sockets that no server uses, or may use later.
	 * @param inherited by server, what it inherits
	 */
	public synchronized void reportUnused(Map<String, String> inherited) {
		Map<String, String> waiting = new HashMap<>(inherited);
		waiting.keySet().removeAll(this.users.values());
		Collection<String> wanted = waiting.values();
		List<PassedSocket> unused = new ArrayList<>();
		for (PassedSocket socket : this.sockets) {
			boolean used = this.users.containsKey(socket.descriptor());
			if (!used && !removeFirst(wanted, socket)) {
				unused.add(socket);
			}
		}
		if (!unused.isEmpty()) {
			String text = String.join(", ", unused.stream().map(PassedSocket::toString).toList());
			logger.warn(
					"No server uses {} of the {} sockets that this process was passed: {}. Who connects there waits. "
							+ "Name them in socket.servers.<name>.inherit, or remove them from the socket unit",
					unused.size(), this.sockets.size(), text);
		}
	}

	/** Each server that has none yet will use one. */
	private static boolean removeFirst(Collection<String> wanted, PassedSocket socket) {
		String first = wanted.stream().filter(socket::isCalled).findFirst().orElse(null);
		return first != null && wanted.remove(first);
	}

	/** Read when the first server asks. */
	private static final class Process {

		static final PassedSockets SOCKETS = new PassedSockets(System.getenv(), ProcessHandle.current().pid());

	}

}
