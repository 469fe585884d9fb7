package dev.socketserver.spec.listen;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import dev.socketserver.address.UnixAddress;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A Unix stream socket.
 *
 * @param path its absolute path, or {@code @} and a name in the abstract namespace of
 * Linux; at most 107 bytes. Empty for any that an {@link Inherited inherited} socket has
 * @param mode the mode of its file, as three or four octal digits: who may connect;
 * default {@value #DEFAULT_MODE}; {@code null} for an abstract name, which has no file,
 * and without a path
 * @param group the name or id of the group of its file; {@code null}, the default, for
 * that of the process
 * @param allowUsers names or ids of the users who may connect; empty, the default, for
 * all whom the mode lets in
 * @param allowGroups names or ids of the groups whose members may connect, beside
 * {@code allowUsers}; default none
 * @param backlog how many connections may wait in the kernel until they are accepted; 0,
 * the default, leaves that to the operating system
 */
public record DomainSocket(String path, @Nullable String mode, @Nullable String group, List<String> allowUsers,
		List<String> allowGroups, int backlog) implements ListenOn {

	/** The default of {@link #mode()}. */
	public static final String DEFAULT_MODE = "0600";

	/** A socket whose path is not known yet, for everybody whom the mode lets in. */
	static final DomainSocket UNKNOWN = new DomainSocket("", null, null, List.of(), List.of(), 0);

	/** What fits into an address of Linux, with the NUL at its end. */
	private static final int MOST_BYTES = 107;

	/** The owner reads and writes. */
	private static final Pattern MODE = Pattern.compile("0?[67][0-7][0-7]");

	private static final Pattern OCTAL = Pattern.compile("0?[0-7]{3}");

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public DomainSocket {
		boolean passed = path.isEmpty();
		if (!passed) {
			checkPath("domainSocket.path", path);
		}
		allowUsers = List.copyOf(allowUsers);
		allowGroups = List.copyOf(allowGroups);
		InvalidSpecException.check(backlog >= 0, "backlog", backlog, "must not be negative");
		boolean named = path.startsWith("@");
		String noFile = "means nothing for an abstract name, which has no file: leave it out, and use allow-users";
		InvalidSpecException.check(!named || mode == null, "domainSocket.mode", mode, noFile);
		InvalidSpecException.check(!named || group == null, "domainSocket.group", group, noFile);
		if (!named && !passed) {
			mode = Objects.requireNonNullElse(mode, DEFAULT_MODE);
			InvalidSpecException.check(OCTAL.matcher(mode).matches(), "domainSocket.mode", mode,
					"must have three or four octal digits: quote it, as in '0660'");
			InvalidSpecException.check(MODE.matcher(mode).matches(), "domainSocket.mode", mode,
					"must let the owner read and write: quote it, as in '0660', since YAML reads 0660 as another number");
		}
	}

	/**
	 * Checks the path of a Unix socket.
	 * @param component the component that has it
	 * @param path the path
	 * @throws InvalidSpecException if there can be no such path
	 */
	public static void checkPath(String component, String path) {
		InvalidSpecException.check(path.startsWith("/") || (path.startsWith("@") && path.length() > 1), component, path,
				"must be an absolute path, or @ and a name");
		InvalidSpecException.check(path.indexOf('\0') < 0 && !path.endsWith("/"), component, path,
				"must be the path of a file");
		int bytes = path.getBytes(StandardCharsets.UTF_8).length;
		InvalidSpecException.check(bytes <= MOST_BYTES, component, path,
				"has " + bytes + " bytes, and may have " + MOST_BYTES + ": use a shorter path, such as one in /run");
	}

	/**
	 * Checks that nothing is said of a file where others have bound the socket.
	 * @throws InvalidSpecException if something is
	 */
	void checkInherited() {
		String bound = "means nothing without domain-socket.path: the unit of the inherited socket says it";
		InvalidSpecException.check(!this.path.isEmpty() || this.mode == null, "domainSocket.mode", this.mode, bound);
		InvalidSpecException.check(!this.path.isEmpty() || this.group == null, "domainSocket.group", this.group, bound);
	}

	/**
	 * Whether there is a file, which has a mode and a group.
	 * @return {@code false} without a path, and for an abstract name
	 */
	boolean hasFile() {
		return this.path.startsWith("/");
	}

	/**
	 * Whether the path is a name of the abstract namespace, without a file.
	 * @return {@code true} if it begins with {@code @}
	 */
	public boolean isAbstract() {
		return this.path.startsWith("@");
	}

	/**
	 * Returns what {@link #mode()} permits.
	 * @return the permissions; none for an abstract name
	 */
	public Set<PosixFilePermission> permissions() {
		Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
		int bits = (this.mode != null) ? Integer.parseInt(this.mode, 8) : 0;
		PosixFilePermission[] all = PosixFilePermission.values();
		for (int i = 0; i < all.length; i++) {
			// From the owner's read on, the highest bit.
			if ((bits & (1 << (all.length - 1 - i))) != 0) {
				permissions.add(all[i]);
			}
		}
		return permissions;
	}

	@Override
	public boolean limitsPeers() {
		return !this.allowUsers.isEmpty() || !this.allowGroups.isEmpty();
	}

	@Override
	public Protocol protocol() {
		return Protocol.UNIX;
	}

	@Override
	public InetSocketAddress address() {
		return new UnixAddress(this.path);
	}

	/** The path, unless it is that of an inherited socket. */
	@Override
	public @Nullable Object place() {
		return this.path.isEmpty() ? null : this.path;
	}

	@Override
	public void check(Limits limits, SocketTransport transport, ProxyProtocol proxies) {
		InvalidSpecException.check(!this.path.isEmpty(), "domainSocket.path", null, "must be set");
		String transports = "has no Unix sockets here: use epoll, kqueue or nio";
		InvalidSpecException.check(transport != SocketTransport.IO_URING, "transport", transport, transports);
		checkAddresses(limits, proxies);
	}

	/**
	 * Checks that peers are not distinguished by addresses that have none.
	 * @param limits whose connections are taken
	 * @param proxies which load balancers announce the addresses of peers
	 * @throws InvalidSpecException if one of the limits has no meaning
	 */
	public static void checkAddresses(Limits limits, ProxyProtocol proxies) {
		boolean proxied = proxies.mode() != ProxyMode.OFF;
		String addresses = "goes by the addresses of peers, which a Unix socket has only with proxy-protocol";
		InvalidSpecException.check(proxied || limits.allow().isEmpty(), "limits.allow", limits.allow(), addresses);
		InvalidSpecException.check(proxied || limits.deny().isEmpty(), "limits.deny", limits.deny(), addresses);
		InvalidSpecException.check(proxied || limits.sessionsPerAddress() == 0, "limits.sessionsPerAddress",
				limits.sessionsPerAddress(), addresses);
	}

	/**
	 * Returns a copy with another {@link #path()}. The default mode stays only if that
	 * has a file, too.
	 * @param path the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket path(String path) {
		return new DomainSocket(path, DEFAULT_MODE.equals(this.mode) ? null : this.mode, this.group, this.allowUsers,
				this.allowGroups, this.backlog);
	}

	/**
	 * Returns a copy with another {@link #mode()}.
	 * @param mode the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket mode(@Nullable String mode) {
		return new DomainSocket(this.path, mode, this.group, this.allowUsers, this.allowGroups, this.backlog);
	}

	/**
	 * Returns a copy with another {@link #group()}.
	 * @param group the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket group(@Nullable String group) {
		return new DomainSocket(this.path, this.mode, group, this.allowUsers, this.allowGroups, this.backlog);
	}

	/**
	 * Returns a copy with another {@link #allowUsers()}.
	 * @param allowUsers the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket allowUsers(List<String> allowUsers) {
		return new DomainSocket(this.path, this.mode, this.group, allowUsers, this.allowGroups, this.backlog);
	}

	/**
	 * Returns a copy with another {@link #allowGroups()}.
	 * @param allowGroups the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket allowGroups(List<String> allowGroups) {
		return new DomainSocket(this.path, this.mode, this.group, this.allowUsers, allowGroups, this.backlog);
	}

	/**
	 * Returns a copy with another {@link #backlog()}.
	 * @param backlog the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public DomainSocket backlog(int backlog) {
		return new DomainSocket(this.path, this.mode, this.group, this.allowUsers, this.allowGroups, backlog);
	}

}
