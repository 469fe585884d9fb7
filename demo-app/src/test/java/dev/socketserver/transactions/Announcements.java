package dev.socketserver.transactions;

import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

@Component
class Announcements {

	@TransactionalEventListener
	void stored(Readings.Stored stored) {
		stored.session().send("announced " + stored.id());
	}

}
