-- The letters of socket.mailbox. All times are in milliseconds since 1970, of the clock of this database.
CREATE TABLE IF NOT EXISTS socket_mailbox (
	position BIGINT AUTO_INCREMENT PRIMARY KEY,
	identity VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	letter_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	state VARCHAR(9) NOT NULL,
	attempts INT NOT NULL,
	posted_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	token BIGINT NOT NULL,
	holder VARCHAR(36),
	ended_at BIGINT NOT NULL,
	detail VARCHAR(300) CHARACTER SET utf8mb4,
	payload LONGBLOB NOT NULL,
	CONSTRAINT socket_mailbox_key UNIQUE (identity, letter_key)
) ENGINE = InnoDB;
CREATE INDEX IF NOT EXISTS socket_mailbox_order ON socket_mailbox (identity, position);
CREATE INDEX IF NOT EXISTS socket_mailbox_expiry ON socket_mailbox (state, expires_at);
CREATE INDEX IF NOT EXISTS socket_mailbox_end ON socket_mailbox (ended_at);
