package dev.socketserver.bridge.session;

/** What may become of an attempt to store a message. */
public enum BridgeOutcome {

	/** It was stored. */
	STORED,

	/** It had been stored before. */
	DUPLICATE,

	/** It can never be stored. */
	REJECTED,

	/** The attempt has failed, or took too long. */
	FAILED

}
