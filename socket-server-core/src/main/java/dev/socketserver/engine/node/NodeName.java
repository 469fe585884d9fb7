package dev.socketserver.engine.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;

/**
 * The name of a node that was given none: that of its host, and four characters by
 * chance.
 */
public final class NodeName {

	private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

	private static final int MOST_HOST = 100;

	private NodeName() {
	}

	/**
	 * Makes a name.
	 * @return the name
	 */
	public static String make() {
		String host;
		try {
			host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
		}
		catch (UnknownHostException ex) {
			host = "node";
		}
		SecureRandom random = new SecureRandom();
		StringBuilder name = new StringBuilder(host.substring(0, Math.min(host.length(), MOST_HOST))).append('-');
		for (int i = 0; i < 4; i++) {
			name.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
		}
		return name.toString();
	}

}
