package dev.socketserver.mailbox.store;

import java.time.InstantSource;

class MemoryLetterStoreTests extends LetterStoreContract {

	private final MemoryLetterStore store = new MemoryLetterStore(InstantSource.system());

	@Override
	protected LetterStore store() {
		return this.store;
	}

}
