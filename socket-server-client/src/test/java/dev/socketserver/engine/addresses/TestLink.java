package dev.socketserver.engine.addresses;

/** A connection without a socket. */
final class TestLink implements ClientAddresses.Link {

	final ClientAddress address;

	boolean used;

	boolean received;

	long waiting;

	TestLink(ClientAddress address, boolean used) {
		this.address = address;
		this.used = used;
	}

	@Override
	public boolean isUsed() {
		return this.used;
	}

	@Override
	public boolean hasReceived() {
		return this.received;
	}

	@Override
	public long waiting() {
		return this.waiting;
	}

}
