package dev.socketserver.engine.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.admission.Accounts;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.listen.DomainSocket;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket. The socket is bound in a directory that no one else can
 * enter, gets its group and mode there, and is then moved to its path: so at no moment
 * can anybody connect who should not, and a stale file is replaced in one step. It is
 * known by its number in the file system from then on, which no other file has while the
 * socket is open. Safe for use by several threads.
 */
public final class SocketFile {

	private static final SafeLogger logger = SafeLogger.of(SocketFile.class);

	private static final String PATH = "domain-socket.path";

	private static final String GROUP = "domain-socket.group";

	/** What fits into an address of Linux. */
	private static final int MOST_BYTES = 107;

	private static final int NAMES = 36 * 36 * 36 * 36;

	private final String server;

	private final DomainSocket socket;

	private final Path path;

	/**
	 * What distinguishes our file from others; {@code null} while there is none of ours.
	 */
	private @Nullable Object ours;

	/**
	 * Creates the file of a server, which is not there yet.
	 * @param server the name of the server
	 * @param socket says where it is
	 */
	public SocketFile(String server, DomainSocket socket) {
		this.server = server;
		this.socket = socket;
		this.path = Path.of(socket.path());
	}

	/**
	 * Makes a directory in which only this process can bind, and returns the path in it
	 * to bind.
	 * @return the path, in a directory to {@linkplain #discard discard} afterwards
	 * @throws IOException if the path is taken, or the directory cannot be made
	 */
	public synchronized Path prepare() throws IOException {
		checkGroup();
		checkExisting();
		try {
			Path directory = this.path
				.resolveSibling("." + Integer.toString(ThreadLocalRandom.current().nextInt(NAMES), 36));
			// The name is shown by tools such as ss, and kept if there is room.
			Path place = directory.resolve(this.path.getFileName());
			if (length(place) > MOST_BYTES) {
				place = directory.resolve("s");
			}
			if (length(place) > MOST_BYTES) {
				throw failure(PATH, "leaves no room to bind beside it, in its directory " + this.path.getParent(),
						"Use a directory with a shorter path, such as one in /run");
			}
			Files.createDirectory(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			return place;
		}
		catch (NoSuchFileException ex) {
			throw failure(PATH, "is in a directory that does not exist: " + this.path.getParent(),
					"Create the directory " + this.path.getParent()
							+ ", which systemd does with RuntimeDirectory=, or change the path");
		}
		catch (AccessDeniedException ex) {
			throw failure(PATH, "is in a directory in which this process may create nothing: " + this.path.getParent(),
					"Let the user of this process write to " + this.path.getParent() + ", or change the path");
		}
		catch (FileSystemException ex) {
			throw failure(PATH,
					"is in a directory in which nothing can be created, " + this.path.getParent() + ": " + reason(ex),
					"Use a path in a directory to which this process can write, such as one in /run");
		}
		catch (UnsupportedOperationException ex) {
			throw failure(PATH, "is on a file system without modes of files", "Use a path on another file system");
		}
	}

	private static String reason(FileSystemException failure) {
		return (failure.getReason() != null) ? failure.getReason() : failure.toString();
	}

	private static int length(Path path) {
		return path.toString().getBytes(StandardCharsets.UTF_8).length;
	}

	private void checkGroup() throws IOException {
		String group = this.socket.group();
		if (group != null && !Accounts.isGroup(group)) {
			throw failure(GROUP, "is '" + group + "', which is no group of this machine",
					"Create the group " + group + ", or name another one");
		}
	}

	/**
	 * Checks that nothing is at the path, or a socket without a listener.
	 * @return whether such a socket of others is there
	 */
	private boolean checkExisting() throws IOException {
		Map<String, Object> existing = attributes();
		if (existing == null || isOurs(existing)) {
			return false;
		}
		if (!Boolean.TRUE.equals(existing.get("isOther")) || !isSocket(existing)) {
			throw failure(PATH, "is a file that is no socket",
					"Remove " + this.path + " if nobody needs it, or change the path");
		}
		if (answers()) {
			throw failure(PATH, "is a socket on which somebody listens",
					"Find and stop the program that listens there, with ss -xlp, or change the path");
		}
		return true;
	}

	/** The type is in the mode that POSIX has: S_IFSOCK. */
	private static boolean isSocket(Map<String, Object> attributes) {
		return attributes.get("mode") instanceof Integer mode && (mode & 0170000) == 0140000;
	}

	private boolean answers() throws IOException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// Connected at once, or the queue of whoever listens is full.
			probe.configureBlocking(false);
			probe.connect(UnixDomainSocketAddress.of(this.path));
			return true;
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (IOException ex) {
			if (attributes() == null) {
				return false;
			}
			throw failure(PATH, "is a socket to which this process cannot connect, so that somebody may listen there: "
					+ ex.getMessage(), "Remove " + this.path + " if nobody listens there, or change the path");
		}
	}

	/**
	 * Gives the socket its group and mode, and its path.
	 * @param place where it was bound
	 * @throws IOException if it cannot be had
	 */
	public synchronized void publish(Path place) throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(place, PosixFileAttributeView.class,
				LinkOption.NOFOLLOW_LINKS);
		if (this.socket.group() != null) {
			try {
				view.setGroup(this.path.getFileSystem()
					.getUserPrincipalLookupService()
					.lookupPrincipalByGroupName(this.socket.group()));
			}
			catch (IOException ex) {
				throw failure(GROUP, "is '" + this.socket.group() + "', and this process may not give a file to it",
						"Add the user of this process to the group " + this.socket.group());
			}
		}
		Files.setPosixFilePermissions(place, this.socket.permissions());
		Object key = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
		// Somebody may have taken the path meanwhile.
		if (checkExisting()) {
			logger.info("Server '{}' replaces the socket {}, on which nobody listens", this.server, this.path);
		}
		try {
			Files.move(place, this.path, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (AccessDeniedException | FileAlreadyExistsException ex) {
			throw failure(PATH, "is a socket of another user, which this process may not replace",
					"Remove " + this.path + ", or change the path");
		}
		catch (FileSystemException ex) {
			// A mount point, for one.
			throw failure(PATH, "cannot be replaced by a socket: " + reason(ex),
					"Unmount or remove " + this.path + ", or change the path");
		}
		this.ours = key;
	}

	/**
	 * Removes the directory in which a socket was bound.
	 * @param place where it was bound
	 */
	public void discard(Path place) {
		try {
			Files.deleteIfExists(place);
			Files.deleteIfExists(place.getParent());
		}
		catch (IOException ex) {
			logger.warn("Server '{}' cannot remove the directory {}: {}", this.server, place.getParent(),
					ex.toString());
		}
	}

	/**
	 * Whether nothing is at the path any more.
	 * @return {@code true} if somebody has removed the file
	 */
	public boolean hasVanished() {
		return Files.notExists(this.path, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Returns why peers reach something else at the path, or {@code null}.
	 * @return the reason, if another file has taken the place of ours
	 */
	public synchronized @Nullable IOException displaced() {
		try {
			Map<String, Object> existing = attributes();
			return (existing == null || this.ours == null || isOurs(existing)) ? null : new FileSystemException(
					this.path.toString(), null, "another socket or file has taken the path of this one");
		}
		catch (IOException ex) {
			// What is there is unknown.
			return null;
		}
	}

	/** Removes the file, if it is still ours. */
	public synchronized void remove() {
		try {
			Map<String, Object> existing = attributes();
			if (existing != null && isOurs(existing)) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			logger.warn("Server '{}' cannot remove its socket {}: {}", this.server, this.path, ex.toString());
		}
		this.ours = null;
	}

	private boolean isOurs(Map<String, Object> existing) {
		return this.ours != null && this.ours.equals(existing.get("fileKey"));
	}

	private @Nullable Map<String, Object> attributes() throws IOException {
		try {
			return Files.readAttributes(this.path, "unix:isOther,mode,fileKey", LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (AccessDeniedException ex) {
			throw failure(PATH, "is in a directory that this process may not enter: " + this.path.getParent(),
					"Let the user of this process enter " + this.path.getParent() + ", or change the path");
		}
		catch (UnsupportedOperationException ex) {
			throw failure(PATH, "is on a file system without modes of files", "Use a path on another file system");
		}
	}

	private static UnusableSocketException failure(String key, String problem, String remedy) {
		return new UnusableSocketException(key, problem, remedy);
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
