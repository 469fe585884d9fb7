package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.properties.MailboxProperties;

/**
 * Has servers deliver letters. A bean of the module for mailboxes.
 */
public interface ServerMailboxes {

	/**
	 * Has a server deliver letters, before it starts.
	 * @param server the name of the server
	 * @param properties what the properties say, with an identity and without values that
	 * cannot work
	 */
	void add(String server, MailboxProperties properties);

}
