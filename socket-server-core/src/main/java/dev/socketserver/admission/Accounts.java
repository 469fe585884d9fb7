package dev.socketserver.admission;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The users and groups of this machine, by their numbers. Each name is looked up once: in
 * the files of the system, and else, for directories such as LDAP, by the owner of a
 * process. Safe for use by several threads.
 */
public final class Accounts {

	private static final Path USERS = Path.of("/etc/passwd");

	private static final Path GROUPS = Path.of("/etc/group");

	private final Map<Integer, Optional<String>> users = new ConcurrentHashMap<>();

	private final Map<Integer, Optional<String>> groups = new ConcurrentHashMap<>();

	/**
	 * Returns the name of a user.
	 * @param uid the user
	 * @param pid a process of that user, or a number that is none
	 * @return the name, or {@code null} if there is none
	 */
	public @Nullable String user(int uid, int pid) {
		return this.users
			.computeIfAbsent(uid, (id) -> field(USERS, 2, id.toString(), 0).or(() -> owner(id, pid, "owner", "uid")))
			.orElse(null);
	}

	/**
	 * Returns the name of a group.
	 * @param gid the group
	 * @param pid a process of that group, or a number that is none
	 * @return the name, or {@code null} if there is none
	 */
	public @Nullable String group(int gid, int pid) {
		return this.groups
			.computeIfAbsent(gid, (id) -> field(GROUPS, 2, id.toString(), 0).or(() -> owner(id, pid, "group", "gid")))
			.orElse(null);
	}

	/**
	 * Returns the number of a user.
	 * @param name the user's name, or its number
	 * @return the number, or -1 if it is not known
	 */
	public static int uid(String name) {
		return number(USERS, name);
	}

	/**
	 * Returns the number of a group.
	 * @param name the group's name, or its number
	 * @return the number, or -1 if it is not known
	 */
	public static int gid(String name) {
		return number(GROUPS, name);
	}

	/**
	 * Whether the machine has a user.
	 * @param name the user's name, or its number
	 * @return {@code true} if it has, or the name is a number
	 */
	public static boolean isUser(String name) {
		return isKnown(() -> lookup().lookupPrincipalByName(name));
	}

	/**
	 * Whether the machine has a group.
	 * @param name the group's name, or its number
	 * @return {@code true} if it has, or the name is a number
	 */
	public static boolean isGroup(String name) {
		return isKnown(() -> lookup().lookupPrincipalByGroupName(name));
	}

	private static UserPrincipalLookupService lookup() {
		return FileSystems.getDefault().getUserPrincipalLookupService();
	}

	private static boolean isKnown(Callable<UserPrincipal> lookup) {
		try {
			lookup.call();
			return true;
		}
		catch (Exception ex) {
			return false;
		}
	}

	private static int number(Path file, String name) {
		try {
			return Integer.parseInt(field(file, 0, name, 2).orElse(name));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	/** Returns a field of the first line that has a value in another field. */
	private static Optional<String> field(Path file, int where, String value, int wanted) {
		try (Stream<String> lines = Files.lines(file)) {
			return lines.map((line) -> List.of(line.split(":")))
				.filter((fields) -> fields.size() > 2 && fields.get(where).equals(value))
				.map((fields) -> fields.get(wanted))
				.findFirst();
		}
		catch (IOException | RuntimeException ex) {
			// No such file here, or not in the character set of the JVM.
			return Optional.empty();
		}
	}

	/** Asks the JDK, which knows only the owners of files. */
	private static Optional<String> owner(Integer id, int pid, String name, String number) {
		try {
			Map<String, Object> process = Files.readAttributes(Path.of("/proc/" + pid), "unix:" + name + "," + number);
			String owner = String.valueOf(process.get(name));
			return (id.equals(process.get(number)) && !owner.equals(id.toString())) ? Optional.of(owner)
					: Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			return Optional.empty();
		}
	}

}
