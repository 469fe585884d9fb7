package dev.socketserver.engine.inherit;

/**
 * A socket that the process was passed.
 *
 * @param descriptor the number of its descriptor
 * @param name its {@code FileDescriptorName}; empty if it has none
 */
public record PassedSocket(int descriptor, String name) {

	/** How a socket is named by the number of its descriptor. */
	private static final String NUMBER = "fd:";

	/** Whether this is the socket, or one of several, that somebody means. */
	boolean isCalled(String wanted) {
		// systemd permits no colon in a name.
		return wanted.equals(this.name) || wanted.equals(number());
	}

	private String number() {
		return NUMBER + this.descriptor;
	}

	/** As people read it: the name, and the number. */
	@Override
	public String toString() {
		return this.name.isEmpty() ? number() : this.name + " (" + number() + ")";
	}

}
