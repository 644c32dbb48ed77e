PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (
        id            BLOB PRIMARY KEY,       -- UUIDv7
        username      TEXT NOT NULL,          -- as typed; empty once deleted
        folded        TEXT UNIQUE,            -- NULL once deleted: the name is free again
        display_name  TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        created_at    INTEGER NOT NULL,       -- times are milliseconds since the epoch
        updated_at    INTEGER NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('active', 'deleting', 'deleted')),
        ver           INTEGER NOT NULL,
        signed_out    TEXT NOT NULL,          -- JSON: [[sid, until], …]
        changed_at    INTEGER NOT NULL        -- of state, ver, signed_out and display_name; never goes back
    ) STRICT, WITHOUT ROWID;
INSERT INTO users VALUES(X'01a22e59e6937110ba53544701474c43','Ada','ada','Ada Lovelace','$argon2id$v=19$m=19456,t=2,p=1$933Gw3qLNGSdQg4dknp+5Q$C+aaA11R8gdx7+kszKD0WKkNLCQiPaI/KonNWzbgYjY',1796073973395,1796073973395,'active',1,'[]',1796073973395);
INSERT INTO users VALUES(X'01a22e59e6e5774f8a8d885d6d3e08df','ben','ben','Ben 🐝','$argon2id$v=19$m=19456,t=2,p=1$/o7EAodurU7vlmOoRhstRw$iGUiFDZUaaUsMse7jinMUo0ID8czwmvQMN28BRvajUI',1796073973477,1796073973477,'active',1,'[["c789b3e6-d462-4150-bdd7-0a6b723a2978",1798666033000]]',1796073973842);
INSERT INTO users VALUES(X'01a22e59e72c709db4eee5abe37dfe98','',NULL,'','',1796073973548,1796073973827,'deleted',2,'[]',1796073973800);
INSERT INTO users VALUES(X'01a22e59e775710ebe7f94c9e77261be','дора','дора','ДОРА','$argon2id$v=19$m=19456,t=2,p=1$OWJfv2LX46IBhKywXg0zMQ$AvrDDdpyjv/XgYIU7KIcItWWA1yjDdMyOQ2c1GVTs1c',1796073973621,1796073973621,'active',1,'[]',1796073973621);
CREATE TABLE entries (
        room                TEXT NOT NULL,
        seq                 INTEGER NOT NULL,
        kind                TEXT NOT NULL,
        id                  TEXT NOT NULL,
        sender_id           BLOB NOT NULL,    -- kept by erasing, served to nobody
        sender_username     TEXT,             -- these three are NULL once erased
        sender_display_name TEXT,
        text                TEXT,
        sent_at             INTEGER NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;
INSERT INTO entries VALUES('lobby',1,'message','0192f3a0-0000-7000-8000-000000000001',X'01a22e59e6937110ba53544701474c43','Ada','Ada Lovelace','Message 1 of Ada',1796073973662);
INSERT INTO entries VALUES('lobby',2,'message','01a22e59-e7a2-7763-80ad-b1e4191c9202',X'01a22e59e6e5774f8a8d885d6d3e08df','ben','Ben 🐝',replace('Ben answers 1,\nin two lines: ''quoted'', "twice", $set {} 🐝','\n',char(10)),1796073973666);
INSERT INTO entries VALUES('lobby',3,'message','cleo-1',X'01a22e59e72c709db4eee5abe37dfe98',NULL,NULL,NULL,1796073973670);
INSERT INTO entries VALUES('lobby',4,'message','01a22e59-e7a7-76eb-ac64-26fb96e536ff',X'01a22e59e775710ebe7f94c9e77261be','дора','ДОРА','Сообщение 1',1796073973671);
INSERT INTO entries VALUES('lobby',5,'message','0192f3a0-0000-7000-8000-000000000002',X'01a22e59e6937110ba53544701474c43','Ada','Ada Lovelace','Message 2 of Ada',1796073973674);
INSERT INTO entries VALUES('lobby',6,'message','01a22e59-e7ae-746a-a0d8-5b192e1b734a',X'01a22e59e6e5774f8a8d885d6d3e08df','ben','Ben 🐝',replace('Ben answers 2,\nin two lines: ''quoted'', "twice", $set {} 🐝','\n',char(10)),1796073973678);
INSERT INTO entries VALUES('lobby',7,'message','cleo-2',X'01a22e59e72c709db4eee5abe37dfe98',NULL,NULL,NULL,1796073973682);
INSERT INTO entries VALUES('lobby',8,'message','01a22e59-e7b8-74cb-9245-7ad270d56b11',X'01a22e59e775710ebe7f94c9e77261be','дора','ДОРА','Сообщение 2',1796073973688);
INSERT INTO entries VALUES('lobby',9,'message','0192f3a0-0000-7000-8000-000000000003',X'01a22e59e6937110ba53544701474c43','Ada','Ada Lovelace','Message 3 of Ada',1796073973689);
INSERT INTO entries VALUES('lobby',10,'message','01a22e59-e7c2-7005-9100-765c5169aa02',X'01a22e59e6e5774f8a8d885d6d3e08df','ben','Ben 🐝',replace('Ben answers 3,\nin two lines: ''quoted'', "twice", $set {} 🐝','\n',char(10)),1796073973698);
INSERT INTO entries VALUES('lobby',11,'message','cleo-3',X'01a22e59e72c709db4eee5abe37dfe98',NULL,NULL,NULL,1796073973705);
INSERT INTO entries VALUES('lobby',12,'message','01a22e59-e7cf-77d0-a88b-d4cfe08fd6a0',X'01a22e59e775710ebe7f94c9e77261be','дора','ДОРА','Сообщение 3',1796073973711);
INSERT INTO entries VALUES('lobby',13,'message','0192f3a0-0000-7000-8000-000000000004',X'01a22e59e6937110ba53544701474c43','Ada','Ada Lovelace','Message 4 of Ada',1796073973718);
INSERT INTO entries VALUES('lobby',14,'message','01a22e59-e7da-705e-8b94-568a5952106d',X'01a22e59e6e5774f8a8d885d6d3e08df','ben','Ben 🐝',replace('Ben answers 4,\nin two lines: ''quoted'', "twice", $set {} 🐝','\n',char(10)),1796073973722);
INSERT INTO entries VALUES('lobby',15,'message','cleo-4',X'01a22e59e72c709db4eee5abe37dfe98',NULL,NULL,NULL,1796073973771);
INSERT INTO entries VALUES('lobby',16,'message','01a22e59-e80f-711b-ab79-350c043c7e63',X'01a22e59e775710ebe7f94c9e77261be','дора','ДОРА','Сообщение 4',1796073973775);
INSERT INTO entries VALUES('lobby',17,'message','0192f3a0-0000-7000-8000-000000000005',X'01a22e59e6937110ba53544701474c43','Ada','Ada Lovelace','Message 5 of Ada',1796073973778);
INSERT INTO entries VALUES('lobby',18,'message','01a22e59-e816-7348-bdf2-dadecca6081d',X'01a22e59e6e5774f8a8d885d6d3e08df','ben','Ben 🐝',replace('Ben answers 5,\nin two lines: ''quoted'', "twice", $set {} 🐝','\n',char(10)),1796073973782);
INSERT INTO entries VALUES('lobby',19,'message','cleo-5',X'01a22e59e72c709db4eee5abe37dfe98',NULL,NULL,NULL,1796073973787);
INSERT INTO entries VALUES('lobby',20,'message','01a22e59-e822-712d-99b8-269874cf2fe2',X'01a22e59e775710ebe7f94c9e77261be','дора','ДОРА','Сообщение 5',1796073973794);
CREATE INDEX users_by_change ON users (changed_at);
CREATE INDEX users_being_deleted ON users (id) WHERE state = 'deleting';
CREATE UNIQUE INDEX entries_by_id ON entries (room, sender_id, id);
COMMIT;
PRAGMA user_version=1;
