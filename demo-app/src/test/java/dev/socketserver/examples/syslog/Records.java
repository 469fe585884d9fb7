package dev.socketserver.examples.syslog;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

@Component
class Records {

	private static final Logger logger = LoggerFactory.getLogger(Records.class);

	/** The last ones that nobody has taken. */
	final BlockingQueue<Record> waiting = new LinkedBlockingQueue<>(1_000);

	void add(Record record) {
		logger.info("{} from {}: {}", record.severity(), record.host(), record.text());
		this.waiting.offer(record);
	}

	enum Severity {

		EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFORMATIONAL, DEBUG

	}

	record Record(String host, int facility, Severity severity, String text) {

	}

}
