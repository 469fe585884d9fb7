create table if not exists socket_inbox (
	position bigint auto_increment primary key,
	server varchar(255) not null,
	session varchar(255) not null,
	identity text,
	message_id varchar(255),
	received_at timestamp(6) not null,
	payload longblob not null,
	constraint socket_inbox_message unique (server, message_id)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
